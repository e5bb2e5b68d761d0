import type { IrFunction, IrModule } from './llvm-ir.ts';
import { resultPieces, sizeOf } from './registers.ts';
import type { SourceFunction } from './source-function.ts';
import { changeOf, locate, pairUnits, type ReturnMode, type TruthEntry, type TruthReturn, type Unit } from './truth.ts';

const legacySuffix = /17h[0-9a-f]{16}E(\.llvm\.\d+)?$/;
const closurePart = '28_$u7b$$u7b$closure$u7d$$u7d$';

/** The symbol in a module that is a source function, whichever way it is mangled. */
const symbolOf = (module: IrModule, crate: string, { name, symbol }: SourceFunction): string | null => {
  if (symbol === 'exact') return module.functions.has(name) ? name : null;
  const path = name.replace(/_body$/, '');
  const ident = `${path.length}${path}`;
  const root = `Cs[0-9A-Za-z]+_${crate.length}${crate}`;
  const v0 = new RegExp(
    symbol === 'closure'
      ? `^_RNCNv${root}${ident}0`
      : `^_R(?:I?Nv${root}${ident}|Nv[MX].*${ident}(?:B\\w*_|${root})?$)`,
  );
  const legacyEnd = symbol === 'closure' ? `${ident}${closurePart}` : ident;
  const found = [...module.functions.keys()].filter((candidate) => {
    const bare = candidate.replace(legacySuffix, '');
    return bare === candidate ? v0.test(candidate) : bare.endsWith(legacyEnd);
  });
  if (found.length > 1) throw new Error(`${name} is several functions: ${found.slice(0, 3).join(', ')}`);
  return found[0] ?? null;
};

const returnOf = (
  fn: IrFunction,
  type: string,
  size: number,
  abi: 'Rust' | 'C',
  llvm: number,
): TruthReturn & { demoted: boolean } => {
  const sret = { type, modes: ['sret'] as ReturnMode[], pieces: [{ reg: 'rax', offset: 0, size, indirect: true }] };
  if (fn.params[0]?.sret === true) return { ...sret, demoted: false };
  if (fn.result === 'void') return { type, modes: ['none'], pieces: [], demoted: false };
  const pieces = resultPieces(fn.result, llvm);
  if (pieces === null) return { ...sret, demoted: true };
  const aggregate = /^[{[]/.test(fn.result);
  const modes: ReturnMode[] = aggregate ? [abi === 'C' ? 'cast' : 'pair'] : ['direct', 'cast'];
  return {
    type,
    modes,
    pieces: pieces.map((piece) => ({ ...piece, size: Math.min(piece.size, size - piece.offset) })),
    demoted: false,
  };
};

/**
 * Which parameter carries what. rustc names a parameter after its argument where it is used as a value (`a0`, or `a0.0` and `a0.1`
 * for a pair) or lies behind a pointer; the parts of an argument that gets a memory slot of its own stay unnamed.
 */
const unitsOf = (fn: IrFunction, source: SourceFunction, sizes: readonly number[], llvm: number): Unit[] => {
  const units: Unit[] = [];
  const params = fn.params[Symbol.iterator]();
  const next = (): IrFunction['params'][number] => {
    const { value, done } = params.next();
    if (done === true) throw new Error(`${source.name}: too few parameters`);
    return value;
  };
  const [first] = fn.params;
  if (first?.sret === true)
    units.push({ type: 'ptr', name: next().name, arg: null, offset: 0, sret: true, indirect: null, copied: null });
  for (const [arg, size] of sizes.entries()) {
    if (size === 0) continue;
    const { type, name, byval, align } = next();
    const whole = { type, name, arg, offset: 0, sret: false, indirect: null, copied: null };
    const named = /^[A-Za-z_]/.test(name);
    if (byval) units.push({ ...whole, copied: { size, align } });
    else if (/\.0$/.test(name)) {
      const second = next();
      units.push(...pairUnits(arg, [type, second.type], [name, second.name], llvm));
    } else if (named && type === 'ptr' && size > 8) units.push({ ...whole, indirect: size });
    else if (named || source.abi === 'C' || sizeOf(type, llvm) === size) units.push(whole);
    else {
      const second = next();
      units.push(...pairUnits(arg, [type, second.type], [name, second.name], llvm));
    }
  }
  const location = source.kind === 'track-caller' ? 1 : 0;
  if (location === 1)
    units.push({
      type: 'ptr',
      name: next().name,
      arg: sizes.length,
      offset: 0,
      sret: false,
      indirect: null,
      copied: null,
    });
  if (params.next().done !== true)
    throw new Error(`${source.name}: more parameters than arguments: ${JSON.stringify(fn.params)}`);
  return units;
};

/** Conventions with the registers of C's on x86-64. */
const likeC: ReadonlySet<string> = new Set(['ccc', 'fastcc']);

export type Build = {
  readonly crate: string;
  readonly compiler: string;
  readonly llvm: number;
  readonly opt: string;
  readonly lowered: IrModule;
  readonly final: IrModule;
};

/** Truth of one source function in a build; null where rustc made no such function. `sizes`: of each argument, then of the result. */
export const truthOf = (build: Build, source: SourceFunction, sizes: readonly number[]): TruthEntry | null => {
  const { llvm } = build;
  const symbol = symbolOf(build.lowered, build.crate, source);
  const fn = symbol === null ? undefined : build.lowered.functions.get(symbol);
  if (symbol === null || fn === undefined) return null;
  const ret = returnOf(fn, source.ret, sizes.at(-1) ?? 0, source.abi, llvm);
  const written = unitsOf(fn, source, sizes.slice(0, -1), llvm);
  const hidden: Unit = { type: 'ptr', name: null, arg: null, offset: 0, sret: null, indirect: null, copied: null };
  const units = ret.demoted ? [hidden, ...written] : written;
  const names =
    source.kind === 'track-caller'
      ? [...source.args, { name: '<caller location>', type: "&'static Location" }]
      : source.args;
  const pieces = locate(
    units.map((unit) => ({ type: unit.type, unit })),
    names.length,
    llvm,
  );
  const args = names.map((arg, index) => {
    const size = sizes.length - 1 > index ? sizes[index]! : 8;
    return {
      ...arg,
      size,
      pieces: pieces[index]!.map((piece) => ({ ...piece, size: Math.min(piece.size, size - piece.offset) })),
    };
  });
  const final = build.final.functions.get(symbol);
  for (const { convention } of [fn, final ?? fn]) {
    if (!likeC.has(convention)) throw new Error(`${source.name}: the registers of ${convention} aren't known here`);
  }
  const alias = build.final.aliases.has(symbol);
  const { demoted, ...truthRet } = ret;
  const change =
    final === undefined
      ? ({ kind: alias ? 'aliased' : 'gone' } as const)
      : changeOf(
          { result: fn.result, units, argCount: names.length, ret: truthRet },
          // LLVM adds the hidden pointer of a result that it demotes only later.
          demoted ? { ...final, params: [hidden, ...final.params] } : final,
          llvm,
        );
  return {
    name: source.name,
    symbol,
    signature: `fn(${source.args.map(({ name, type }) => `${name}: ${type}`).join(', ')}) -> ${source.ret}`,
    kind: source.kind,
    compiler: build.compiler,
    opt: build.opt,
    args,
    ret: truthRet,
    change,
  };
};
