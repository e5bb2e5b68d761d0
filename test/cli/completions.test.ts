import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commandNames } from '../../src/cli/commands.ts';
import { programDocs } from '../../src/cli/program.ts';
import { cliFail, rsym } from '../support/cli.ts';
import { describeNeeding, testNeeding } from '../support/need.ts';
import { run } from '../support/process.ts';
import { Temporary } from '../support/temporary.ts';
import { Terminal } from '../support/terminal.ts';

const shells = ['bash', 'zsh', 'fish'] as const;
const scriptFor = (shell: string): string => {
  const { status, stdout, stderr } = rsym(['completions', shell]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
};
const docs = await programDocs('1.2.3');

let folder: Temporary;
const files: Record<string, string> = {};
beforeAll(() => {
  folder = new Temporary();
  for (const shell of shells) files[shell] = folder.file(`completions.${shell}`, scriptFor(shell));
  // What file names are completed from.
  folder.file('program', '');
  folder.file('other one', '');
});
afterAll(() => folder[Symbol.dispose]());

test('what the definitions say of every command', () => {
  expect(docs.commands.map(({ name }) => name)).toEqual(commandNames);
  const trace = docs.commands.find(({ name }) => name === 'trace');
  const option = (long: string) => trace?.options.find((one) => one.long === long);
  expect(option('--returns')).toMatchObject({ completes: 'words', words: ['safe', 'fast', 'off'], default: 'safe' });
  expect(option('--pid')).toMatchObject({ short: '-p', completes: 'processes' });
  expect(option('--output')).toMatchObject({ short: '-o', value: 'file', completes: 'files' });
  expect(option('--when')).toMatchObject({ completes: 'nothing', value: 'expression' });
  expect(option('--children')).toMatchObject({ short: null, value: null });
  expect(docs.options.map(({ long }) => long)).toEqual(['--version', '--debug', '--help']);
});

describe.each(shells)('for %s', (shell) => {
  test('every command and every option is there', () => {
    const script = scriptFor(shell);
    for (const { name, options } of docs.commands) {
      expect(script).toMatch(new RegExp(`\\b${name}\\b`));
      for (const { long, short } of options)
        if (shell === 'fish') {
          const line = new RegExp(`seen_subcommand_from ${name}'(?: -s ${short?.slice(1)})? -l ${long.slice(2)}\\b`);
          expect(script).toMatch(line);
        } else expect(script).toContain(long);
    }
  });

  testNeeding([shell], 'it can be read', () => {
    expect(run(shell, ['-n', files[shell] ?? ''])).toMatchObject({ status: 0, stdout: '', stderr: '' });
  });
});

test('another shell is wrong use', () => {
  expect(cliFail(['completions', 'tcsh'])).toMatch(/bash, zsh, fish/);
  expect(cliFail(['completions'])).toMatch(/missing required argument/);
});

/** A line as bash cuts it into words, and what is offered for its last one; null: the names of files. */
const cases: readonly (readonly [line: string, offered: readonly string[] | null])[] = [
  ['tr', ['trace']],
  ['co', ['completions', 'count']],
  ['', [...commandNames, 'help'].sort()],
  ['--v', ['--version']],
  ['./pro', null],
  ['help la', ['latency']],
  ['trace --wh', ['--when', '--when-in']],
  ['trace --returns ', ['fast', 'off', 'safe']],
  ['trace --returns = s', ['safe']],
  ['trace --returns =', ['fast', 'off', 'safe']],
  ['--debug trace --ev', ['--events']],
  ['trace ', null],
  ['trace program app::', null],
  ['trace -o ', null],
  ['trace --when ', []],
  ['trace program hello -- --js', null],
  ['ls --debug-file ', null],
  ['ls --js', ['--json']],
  ['completions ', ['bash', 'fish', 'zsh']],
];

describeNeeding(['bash'], 'in bash', () => {
  test.each(cases)('rsym %s', (line, offered) => {
    const words = ['rsym', ...line.split(' ')].map((word) => `'${word}'`).join(' ');
    // `compopt` says what it was told; it works only while bash itself completes.
    const script = `
      compopt() { [[ $1 == +o ]] && files=no || files=yes; }
      source "$1"
      COMP_WORDS=(${words}) COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)) files=no
      _rsym
      echo "$files \${COMPREPLY[*]}"`;
    const { stdout, stderr } = run('bash', ['--norc', '-c', script, 'bash', files['bash'] ?? ''], { cwd: folder.path });
    expect(stderr).toBe('');
    const [asFiles, ...rest] = stdout.trim().split(' ');
    if (offered === null) expect({ asFiles, rest }).toEqual({ asFiles: 'yes', rest: [] });
    else {
      expect(rest.sort()).toEqual(offered);
      // Where nothing fits, no files either.
      if (offered.length === 0) expect(asFiles).toBe('no');
    }
  });

  test('processes are offered where one is asked for', () => {
    const script = `source "$1"; COMP_WORDS=(rsym trace -p "$2") COMP_CWORD=3; _rsym; echo "\${COMPREPLY[*]}"`;
    const { stdout } = run('bash', ['--norc', '-c', script, 'bash', files['bash'] ?? '', String(process.pid)]);
    expect(stdout.trim().split(' ')).toContain(String(process.pid));
  });
});

describeNeeding(['fish'], 'in fish', () => {
  test.each([
    ['rsym tr', ['trace']],
    ['rsym trace --wh', ['--when', '--when-in']],
    ['rsym trace --returns ', ['fast', 'off', 'safe']],
    ['rsym completions ', ['bash', 'fish', 'zsh']],
    ['rsym trace pro', ['program']],
    ['rsym trace --when ', []],
  ])('%s', (line, offered) => {
    const script = `source $argv[1]; complete -C "${line}"`;
    const { stdout } = run('fish', ['--no-config', '-c', script, files['fish'] ?? ''], { cwd: folder.path });
    const words = stdout.split('\n').map((row) => row.split('\t')[0] ?? '');
    expect(words.filter(Boolean).sort()).toEqual(offered);
  });
});

/** What a shell makes of a line when Tab is pressed. */
const interactive: Readonly<Record<'bash' | 'zsh' | 'fish', readonly string[]>> = {
  bash: ['bash', '--norc', '--noprofile', '-i'],
  zsh: ['zsh', '-f', '-i'],
  fish: ['fish', '--no-config', '-i'],
};

for (const shell of shells)
  describeNeeding(['tmux', 'linux', shell], `Tab in ${shell}`, () => {
    test('completes commands, options, files', async () => {
      const env = { PS1: 'here> ', HISTFILE: '', INPUTRC: '/dev/null', ENV: '' };
      await using terminal = new Terminal(interactive[shell], { env, cwd: folder.path, height: 12 });
      const prepare = shell === 'zsh' ? 'autoload -Uz compinit; compinit -D; ' : '';
      terminal.type(`${prepare}source completions.${shell}; echo "4""2"`);
      terminal.press('Enter');
      await terminal.waitFor(/^42$/m);
      for (const [typed, completed] of [
        ['rsym tr', 'rsym trace'],
        ['rsym trace --wh', 'rsym trace --when'],
        ['rsym trace --ret', 'rsym trace --returns'],
        ['rsym ls pro', 'rsym ls program'],
        ['rsym ls --debug-file oth', 'rsym ls --debug-file other\\ one'],
      ] as const) {
        terminal.type(typed);
        terminal.press('Tab');
        await terminal.waitFor(completed);
        terminal.press('C-u');
        await terminal.waitFor(({ text }) => !text.split('\n').at(-1)?.includes(typed));
        terminal.press('C-l');
      }
    });
  });

testNeeding(['bash'], 'the script needs nothing but bash', () => {
  const script = 'PATH=; source "$1" && complete -p rsym';
  const { stdout, stderr, status } = run('bash', ['--norc', '-c', script, 'bash', files['bash'] ?? '']);
  expect({ stdout, stderr, status }).toEqual({ stdout: 'complete -F _rsym rsym\n', stderr: '', status: 0 });
});
