import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { openDebugInfo } from '../../../src/elf/debug-info.ts';
import type { DebugInfo } from '../../../src/elf/debug-model.ts';
import { openImage } from '../../../src/elf/open.ts';
import { program as ownProgram } from '../../support/cli.ts';
import { seeded } from '../seeded.ts';
import { chooseCopies, framedCopies } from './chosen.ts';
import { classOf, disagreements } from './classes.ts';
import { sectionOf, unexplained } from './document.ts';
import { type ComparedCopy, comparePlaces } from './places.ts';
import { preface } from './preface.ts';
import { type RunArgument, runPlaces } from './run-places.ts';

const usage =
  'usage: node scripts/abi/gdb-places.js FILE… [--functions 1000] [--seed 1] [--run "NAME ARGUMENTS"]… [--out DOCUMENT] [--program dist/cli/main.js]';

/** `FILE…`: compares rsym's places with gdb's. Gives the exit status: 1 where a difference is not explained. */
export const comparePlacesWithGdb = (args: readonly string[]): number => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      functions: { type: 'string', default: '1000' },
      seed: { type: 'string', default: '1' },
      run: { type: 'string', multiple: true, default: [] },
      out: { type: 'string' },
      program: { type: 'string', default: ownProgram },
    },
  });
  if (positionals.length === 0) {
    process.stderr.write(`${usage}\n`);
    return 2;
  }
  // Where the programs and rsym's build lie is the machine's own.
  const { functions, seed, run, out } = values;
  const shown = ['--functions', functions, '--seed', seed, ...run.flatMap((one) => ['--run', one])];
  const lines = preface([
    ...positionals.map((one) => basename(one)),
    ...shown,
    ...(out === undefined ? [] : ['--out', out]),
  ]);
  let open = 0;
  for (const file of positionals) {
    using image = openImage(file);
    using info = openDebugInfo(image);
    const chosen = chooseCopies(info, Number(functions), seeded(Number(seed)));
    const comparison = comparePlaces(values.program, file, info, chosen);
    const name = basename(file);
    const commands = run.map((text) => text.split(' ')).filter(([first]) => first === name);
    const runs = commands.length === 0 ? null : runAll(values.program, file, info, comparison.copies, commands);
    lines.push('', ...sectionOf({ name, comparison, runs }));
    open += unexplained(comparison).length;
  }
  const text = `${lines.join('\n')}\n`;
  if (out === undefined) process.stdout.write(text);
  else {
    mkdirSync(dirname(out), { recursive: true });
    writeFileSync(out, text);
  }
  return open === 0 ? 0 : 1;
};

/** The copies out of line, and all others of which a parameter is in one slot of the frame by debug info. */
const runAll = (
  program: string,
  file: string,
  info: DebugInfo,
  copies: readonly ComparedCopy[],
  commands: readonly (readonly string[])[],
): readonly RunArgument[] => {
  const known = new Set(copies.map(({ chosen }) => chosen.copy.id));
  const others = framedCopies(info).filter(({ copy }) => !known.has(copy.id));
  const framed = comparePlaces(program, file, info, others).copies;
  return runPlaces(
    file,
    commands.map(([, ...args]) => args),
    [...copies, ...framed],
    ({ copy, argument }) =>
      argument.parts.some((part) => {
        const found = classOf({ copy, argument, part });
        return found !== null && disagreements.includes(found);
      }),
  );
};
