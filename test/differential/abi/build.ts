import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseIr } from './llvm-ir.ts';
import { truthOf } from './lowered.ts';
import type { RandomProgram } from './program.ts';
import { symbolAddresses } from './symbols.ts';
import { type Toolchain, versionOf } from './toolchains.ts';
import type { TruthEntry } from './truth.ts';

export type Built = {
  readonly binary: string;
  readonly entries: readonly TruthEntry[];
  /** Functions that aren't in the entries, and why. */
  readonly left: readonly string[];
};

const run = (command: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}): string => {
  const { status, signal, stdout, stderr, error } = spawnSync(command, args, {
    env: { ...process.env, ...environment },
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    timeout: 180_000,
  });
  if (status !== 0)
    throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? signal ?? status}\n${stderr.slice(-3000)}`);
  return stdout;
};

/** Sizes that a program says its arguments and results have. */
const sizesIn = (output: string): Map<string, number[]> =>
  new Map(
    output.split('\n').flatMap((line) => {
      const [kind, name, ...sizes] = line.split(' ');
      return kind === 'Z' ? [[name!, sizes.map(Number)] as const] : [];
    }),
  );

/** Compiles a program as `FOLDER/NAME.bin` and works out from LLVM IR where its functions' values live. */
export const build = (program: RandomProgram, toolchain: Toolchain, opt: string, folder: string): Built => {
  const stem = join(folder, `random${program.seed}-${toolchain.label}-O${opt}`);
  const source = join(folder, `random${program.seed}.rs`);
  const binary = `${stem}.bin`;
  writeFileSync(source, program.source);
  // One attribute of the program isn't stable yet.
  const environment = { ...toolchain.environment, RUSTC_BOOTSTRAP: '1' };
  // Both ways to mangle, whichever is the compiler's own: stable ones still choose the older.
  const mangling =
    program.seed % 2 === 0
      ? ['-Z', 'unstable-options', '-C', 'symbol-mangling-version=legacy']
      : ['-C', 'symbol-mangling-version=v0'];
  const common = [
    ...toolchain.args,
    ...mangling,
    '--edition',
    '2021',
    '--cap-lints',
    'allow',
    '-C',
    `opt-level=${opt}`,
    '-C',
    'codegen-units=1',
    source,
  ];
  run(toolchain.rustc, [...common, '-g', `--emit=llvm-ir=${stem}.final.ll,link=${binary}`], environment);
  const { release, llvm } = versionOf(toolchain);
  const final = parseIr(readFileSync(`${stem}.final.ll`, 'utf8'));
  // Nothing changes a signature at O0.
  if (opt !== '0')
    run(toolchain.rustc, [...common, '-C', 'no-prepopulate-passes', `--emit=llvm-ir=${stem}.lowered.ll`], environment);
  const lowered = opt === '0' ? final : parseIr(readFileSync(`${stem}.lowered.ll`, 'utf8'));
  const sizes = sizesIn(run(binary, []));
  const linked = symbolAddresses(binary);
  const entries: TruthEntry[] = [];
  const left: string[] = [];
  for (const source of program.functions) {
    const known = sizes.get(source.name);
    const entry =
      known === undefined
        ? null
        : truthOf({ crate: `random${program.seed}`, compiler: release, llvm, opt, lowered, final }, source, known);
    if (entry === null)
      left.push(`${source.name}: ${known === undefined ? 'it was not called' : 'no such function in LLVM IR'}`);
    // The linker drops what nothing calls any more.
    else
      entries.push(
        linked.has(entry.symbol) || entry.change.kind === 'aliased' ? entry : { ...entry, change: { kind: 'gone' } },
      );
  }
  writeFileSync(`${stem}.truth.json`, JSON.stringify(entries));
  return { binary, entries, left };
};
