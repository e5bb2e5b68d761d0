import { mkdirSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { program as ownProgram } from '../../support/cli.ts';
import { askShow } from './answers.ts';
import { build } from './build.ts';
import { judge } from './judge.ts';
import { randomProgram } from './program.ts';
import { checkAtRuntime, shownPlan, truthPlan } from './runtime.ts';
import { sharedTruth } from './shared-truth.ts';
import { symbolAddresses } from './symbols.ts';
import { tally, tallyText, verdictText } from './tally.ts';
import { ownToolchain, toolchains } from './toolchains.ts';
import type { TruthEntry } from './truth.ts';

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** Truth of a binary: this corpus's own file, or the fixed corpus's with its compiler and level of optimisation. */
const readTruth = (file: string, compiler: string | undefined, opt: string | undefined): TruthEntry[] => {
  if (compiler !== undefined && opt !== undefined) return sharedTruth(file, compiler, opt);
  return JSON.parse(readFileSync(file, 'utf8')) as TruthEntry[];
};

/** `toolchains [get]`: LABEL=PATH of each compiler; what is missing goes to stderr. Gives the exit status. */
export const listToolchains = (args: readonly string[]): number => {
  const all = toolchains(args.includes('get'));
  for (const item of all) {
    if ('missing' in item) process.stderr.write(`${item.label}: ${item.missing}\n`);
    else print(`${item.label}=${item.rustc}`);
  }
  return all.some((item) => 'missing' in item) ? 1 : 0;
};

/** Composes, compiles and runs random programs, and writes each binary's truth beside it. Gives the exit status. */
export const composePrograms = (args: readonly string[]): number => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string', default: '1' },
      count: { type: 'string', default: '80' },
      opt: { type: 'string', multiple: true, default: ['0', '3'] },
      all: { type: 'boolean', default: false },
      out: { type: 'string', default: 'abi-corpus' },
    },
  });
  mkdirSync(values.out, { recursive: true });
  const program = randomProgram(Number(values.seed), Number(values.count));
  for (const toolchain of values.all ? toolchains() : [ownToolchain()]) {
    if ('missing' in toolchain) {
      process.stderr.write(`${toolchain.label}: ${toolchain.missing}\n`);
      continue;
    }
    for (const opt of values.opt) {
      const { binary, entries, left } = build(program, toolchain, opt, values.out);
      print(`${binary}: ${entries.length} functions${left.length > 0 ? `; left out: ${left.join('; ')}` : ''}`);
    }
  }
  return 0;
};

/** `TRUTH BIN`: judges what `rsym show` says of a binary. Gives the exit status: 1 where anything is wrong. */
export const compareWithTruth = (args: readonly string[]): number => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      program: { type: 'string', default: ownProgram },
      rustc: { type: 'string' },
      opt: { type: 'string' },
      quiet: { type: 'boolean', default: false },
    },
  });
  const [truth, binary] = positionals;
  if (truth === undefined || binary === undefined)
    throw new Error('compare.js TRUTH.json BIN [--program dist/cli/main.js] [--rustc 1.95 --opt 3] [--quiet]');
  const entries = readTruth(truth, values.rustc, values.opt);
  const copies = askShow(values.program, binary, [...new Set(entries.map(({ symbol }) => symbol))]);
  const verdicts = entries.map((entry) => judge(entry, copies.get(entry.symbol)));
  const shown = verdicts.filter(
    ({ outcome, entry }) => outcome === 'wrong' || (outcome !== 'right' && entry.change.kind === 'none'),
  );
  if (!values.quiet) for (const verdict of shown) print(verdictText(verdict));
  print(`${binary}: ${entries.length} entries`);
  for (const line of tallyText(tally(verdicts))) print(line);
  return verdicts.some(({ outcome }) => outcome === 'wrong') ? 1 : 0;
};

/** `TRUTH BIN`: the truth and what `rsym show` says, each against the running program. Gives the exit status. */
export const runAndCheck = (args: readonly string[]): number => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { program: { type: 'string', default: ownProgram } },
  });
  const [truth, binary] = positionals;
  if (truth === undefined || binary === undefined)
    throw new Error('run-check.js TRUTH.json BIN [--program dist/cli/main.js]');
  const entries = readTruth(truth, undefined, undefined);
  const addresses = symbolAddresses(binary);
  const copies = askShow(
    values.program,
    binary,
    entries.map(({ symbol }) => symbol),
  );
  const plans = {
    truth: entries.flatMap((entry) => {
      const address = addresses.get(entry.symbol);
      return address === undefined ? [] : truthPlan(entry, address);
    }),
    'rsym show': entries.flatMap((entry) => {
      const copy = copies.get(entry.symbol);
      return copy === undefined ? [] : [shownPlan(entry, copy)];
    }),
  };
  let differences = 0;
  for (const [label, plan] of Object.entries(plans)) {
    const report = checkAtRuntime(binary, plan);
    differences += report.differences.length;
    print(
      `${label}: ${plan.length} functions, ${report.compared} values (${report.bytes} bytes) compared, ${report.differences.length} different, ${report.notReached.length} not reached`,
    );
    for (const difference of report.differences) print(`  ${difference}`);
  }
  return differences > 0 ? 1 : 0;
};
