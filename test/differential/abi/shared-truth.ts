import { readFileSync } from 'node:fs';
import { atCommas } from './llvm-ir.ts';
import type { Piece } from './registers.ts';
import { changeOf, pairUnits, type ReturnMode, type TruthEntry, type Unit } from './truth.ts';

type SharedPiece = {
  loc: 'reg' | 'stack' | 'indirect';
  reg?: string;
  sp?: number;
  size: number;
  offset: number;
  at_exit?: string;
};
type SharedArgument = { name: string; type: string; size: number; mode: string; pieces: SharedPiece[] };
type SharedEntry = {
  name: string;
  symbol: string;
  signature: string;
  abi: string;
  rustc: string;
  llvm: number;
  opt: number;
  lowered_ir: string;
  final_ir?: string;
  args: SharedArgument[];
  ret: { type: string; mode: string; pieces: SharedPiece[]; llvm_demoted?: boolean };
};

const pieceOf = ({ loc, reg, sp, size, offset, at_exit }: SharedPiece): Piece => {
  const common = { size, offset, indirect: loc === 'indirect' };
  return sp === undefined ? { ...common, reg: at_exit ?? reg! } : { ...common, stack: sp };
};

/** `i64 (ptr sret, i64)` */
const signatureOf = (text: string): { result: string; params: { type: string; name: null; sret: boolean }[] } => {
  const open = text.lastIndexOf(' (');
  const params = atCommas(text.slice(open + 2, -1)).map((param) => ({
    type: param.replace(/ (sret|byval)\b/g, ''),
    name: null,
    sret: / sret\b/.test(param),
  }));
  return { result: text.slice(0, open).replace(/^fastcc /, ''), params };
};

const unitsOf = (entry: SharedEntry): Unit[] => {
  const { params } = signatureOf(entry.lowered_ir);
  const unit = { name: null, arg: null, offset: 0, sret: false, indirect: null, copied: null };
  const units: Unit[] = [];
  const rest = [...params];
  if (rest[0]?.sret === true) units.push({ ...unit, type: rest.shift()!.type, sret: true });
  for (const [arg, { mode, size }] of entry.args.entries()) {
    if (mode === 'ignore') continue;
    const { type } = rest.shift()!;
    if (mode === 'pair') units.push(...pairUnits(arg, [type, rest.shift()!.type], [], entry.llvm));
    else
      units.push({
        ...unit,
        type,
        arg,
        indirect: mode === 'indirect' ? size : null,
        copied: mode === 'byval' ? { size, align: 8 } : null,
      });
  }
  return units;
};

const entryOf = (shared: SharedEntry): TruthEntry => {
  const args = shared.args.map(({ name, type, size, pieces }) => ({ name, type, size, pieces: pieces.map(pieceOf) }));
  const mode = (shared.ret.mode === 'ignore' ? 'none' : shared.ret.mode) as ReturnMode;
  const ret = { type: shared.ret.type, modes: [mode], pieces: shared.ret.pieces.map(pieceOf) };
  const { final_ir: final } = shared;
  const change = (): TruthEntry['change'] => {
    if (final === undefined) return { kind: 'none' };
    if (final.startsWith('alias')) return { kind: 'aliased' };
    if (final.startsWith('gone')) return { kind: 'gone' };
    const { result } = signatureOf(shared.lowered_ir);
    return changeOf({ result, units: unitsOf(shared), argCount: args.length, ret }, signatureOf(final), shared.llvm);
  };
  const { name, symbol, signature, abi, rustc, opt } = shared;
  return {
    name,
    symbol,
    signature,
    kind: `${abi} shared`,
    compiler: rustc,
    opt: String(opt),
    args,
    ret,
    change: change(),
  };
};

/** Entries of a `truth.json` of the fixed corpus, of one compiler and level of optimisation. */
export const sharedTruth = (file: string, compiler: string, opt: string): TruthEntry[] =>
  (JSON.parse(readFileSync(file, 'utf8')) as SharedEntry[])
    .filter((entry) => entry.rustc.startsWith(compiler) && String(entry.opt) === opt)
    .map(entryOf);
