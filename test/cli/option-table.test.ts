import { Command } from 'commander';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as demangle from '../../src/cli/demangle.ts';
import * as ls from '../../src/cli/ls.ts';
import { type PlainCommand, readLine } from '../../src/cli/option-table.ts';

/** What commander makes of a line, or undefined where it has something to say about it. */
const byCommander = (register: (program: Command) => void, name: string, args: readonly string[]) => {
  const program = new Command('rsym').exitOverride().enablePositionalOptions();
  const quiet = { writeOut: () => undefined, writeErr: () => undefined, outputError: () => undefined };
  program.configureOutput(quiet);
  register(program);
  const command = program.commands.find((one) => one.name() === name);
  if (!command) throw new Error(`no command ${name}`);
  command.option('--debug').action(() => undefined);
  try {
    program.parse([name, ...args], { from: 'user' });
  } catch {
    return undefined;
  }
  const { debug: _, ...flags } = command.opts();
  return { words: command.args, flags };
};

const words = [
  ...['-a', '-r', '-u', '-D', '-ar', '-rDx', '--all', '--all=yes', '--sort', '--sort=name', '--sort=', '--crate'],
  ...[
    '--crate=a=b',
    '--kind',
    '--kind=data,tls',
    '--limit',
    '--limit=3',
    '3',
    '-3',
    '-',
    '--',
    '',
    'file',
    'ls',
    'help',
  ],
  ...[
    '--json',
    '--nm',
    '--full',
    '--no-full',
    '--ful',
    '--help',
    '-h',
    '--debug',
    '--version',
    '--__proto__',
    '--=',
    '-=',
  ],
];

const commands: [string, PlainCommand, (program: Command) => void][] = [
  ['ls', ls.plain, ls.register],
  ['demangle', demangle.plain, demangle.register],
];

test.each(commands)('%s: a line that is read plainly says what commander reads in it', (name, plain, register) => {
  let read = 0;
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...words), { maxLength: 6 }), (args) => {
      const line = readLine(plain, args);
      if (line === undefined) return;
      read++;
      expect(line).toEqual(byCommander(register, name, args));
    }),
    { numRuns: 3000 },
  );
  expect(read).toBeGreaterThan(100);
});

test('ordinary lines are read plainly', () => {
  const lines = [
    ['file', 'pattern', '--', '-x'],
    ['-ar', 'file', '--sort', 'size', '--limit=3'],
    ['--kind', 'data', '--kind=tls,ifunc', 'file', '--debug'],
  ];
  expect(lines.map((args) => readLine(ls.plain, args))).toEqual([
    { words: ['file', 'pattern', '-x'], flags: {} },
    { words: ['file'], flags: { all: true, reverse: true, sort: 'size', limit: 3 } },
    { words: ['file'], flags: { kind: ['data', 'tls', 'ifunc'] } },
  ]);
});

test('what is wrong is left to commander', () => {
  for (const args of [
    [],
    ['file', '--limit', 'x'],
    ['file', '--sort'],
    ['file', '--oops'],
    ['--help'],
    ['f', '--nm=1'],
  ])
    expect(readLine(ls.plain, args), args.join(' ')).toBeUndefined();
});
