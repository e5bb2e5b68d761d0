import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { program as ownProgram } from '../../support/cli.ts';
import { run } from '../../support/process.ts';
import { Temporary } from '../../support/temporary.ts';
import { type Toolchain, toolchains } from '../abi/toolchains.ts';
import { buildTold, buildVariant, toldBuild, type Variant, variants } from './build.ts';
import { type Judgement, judge } from './judge.ts';
import { readPrinted, readTrace } from './lines.ts';
import { countsOf, tallyText } from './tally.ts';

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

function* built(toolchain: Toolchain, chosen: readonly Variant[], folder: string) {
  yield buildTold(toolchain, folder);
  for (const variant of chosen) yield* buildVariant(toolchain, variant, folder);
}

/** `DIR`: builds the programs with every compiler in every variant. Gives the exit status. */
export const buildPrograms = (args: readonly string[]): number => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { only: { type: 'string', default: '' } },
  });
  const [folder] = positionals;
  if (folder === undefined) throw new Error('build.js DIR [--only TEXT]');
  let failures = 0;
  for (const toolchain of toolchains()) {
    // The programs are of edition 2024.
    if (toolchain.label === '1.63') continue;
    if ('missing' in toolchain) {
      process.stderr.write(`${toolchain.label}: ${toolchain.missing}\n`);
      failures += 1;
      continue;
    }
    const chosen = variants.filter(({ name }) => `${toolchain.label}/${name}`.includes(values.only));
    if (chosen.length === 0) continue;
    for (const { path, complaint } of built(toolchain, chosen, folder)) {
      print(path);
      if (complaint === '') continue;
      process.stderr.write(`${complaint}\n`);
      failures += 1;
    }
  }
  return failures > 0 ? 1 : 0;
};

const hexadecimal = /0x[0-9a-f]+/g;

/** What the programs are given, unless something else is said. */
const arguments_ = ['7', 'abacus'];

/** Traces programs and judges what is shown by what they print. Gives the exit status: 1 where anything is wrong. */
export const judgeTraces = (args: readonly string[]): number => {
  const end = args.indexOf('--');
  const { values, positionals } = parseArgs({
    args: end < 0 ? [...args] : args.slice(0, end),
    allowPositionals: true,
    options: {
      program: { type: 'string', default: ownProgram },
      pattern: { type: 'string', multiple: true },
      option: { type: 'string', multiple: true, default: [] },
      truth: { type: 'string' },
      lines: { type: 'string' },
      events: { type: 'string' },
      keep: { type: 'string' },
      verbose: { type: 'boolean', default: false },
    },
  });
  if (positionals.length === 0)
    throw new Error('judge.js BIN… [--program dist/cli/main.js] [--truth BIN] [--verbose] [-- ARGS…]');
  const passed = end < 0 ? arguments_ : args.slice(end + 1);
  const table: string[] = [];
  let isWrong = false;
  for (const binary of positionals) {
    using folder = new Temporary();
    const crate = basename(binary);
    const { lines, events } =
      values.events !== undefined && values.lines !== undefined
        ? { lines: readFileSync(values.lines, 'utf8'), events: readFileSync(values.events, 'utf8') }
        : traced(values.program, binary, values.pattern ?? [`${crate}::**`], values.option, passed, folder.path);
    const printing = values.truth ?? (values.lines === undefined ? toldBuild(binary) : null);
    const told = printing === null ? null : run(printing, passed).stdout;
    if (values.keep !== undefined) {
      const to = join(values.keep, basename(dirname(dirname(binary))), basename(dirname(binary)));
      mkdirSync(to, { recursive: true });
      writeFileSync(join(to, `${crate}.events`), events);
      writeFileSync(join(to, `${crate}.lines`), told ?? lines);
    }
    // Addresses of two runs have nothing to do with each other.
    const clean = (text: string): string => (told === null ? text : text.replaceAll(hexadecimal, '0x0'));
    const trace = readTrace(clean(events));
    const judgement = judge(readPrinted(clean(told ?? lines)), trace.calls, told === null);
    for (const line of tallyText(binary, judgement, trace, values.verbose)) print(line);
    const { printed, shown, wrong } = countsOf(judgement);
    table.push(`${((100 * shown) / Math.max(printed, 1)).toFixed(1).padStart(6)} %  wrong ${wrong}  ${binary}`);
    isWrong ||= wrong > 0 || printed === 0;
  }
  if (positionals.length > 1) for (const line of table) print(line);
  return isWrong ? 1 : 0;
};

/** A program as `buildVariant` left it, traced and judged by what it prints, or by what its told build does. */
export const judgementOf = (binary: string): Judgement => {
  using folder = new Temporary();
  const { lines, events } = traced(ownProgram, binary, [`${basename(binary)}::**`], [], arguments_, folder.path);
  const printing = toldBuild(binary);
  const told = printing === null ? null : run(printing, arguments_).stdout;
  const clean = (text: string): string => (told === null ? text : text.replaceAll(hexadecimal, '0x0'));
  return judge(readPrinted(clean(told ?? lines)), readTrace(clean(events)).calls, told === null);
};

/** Some of the programs' texts are longer than what is read of one by default. */
const longTexts = ['--max-string', '400'];

const traced = (
  rsym: string,
  binary: string,
  patterns: readonly string[],
  options: readonly string[],
  passed: readonly string[],
  folder: string,
): { lines: string; events: string } => {
  const file = join(folder, 'events');
  const given = [rsym, 'trace', binary, ...patterns, '--json', '-o', file, ...longTexts, ...options, '--', ...passed];
  const { status, stdout, stderr } = run(process.execPath, given, { timeout: 300_000 });
  if (status !== 0) throw new Error(`rsym ${given.slice(1).join(' ')}: status ${status}\n${stderr}`);
  return { lines: stdout, events: readFileSync(file, 'utf8') };
};
