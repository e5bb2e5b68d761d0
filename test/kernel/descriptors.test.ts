import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { program } from '../support/cli.ts';
import { fixture } from '../support/fixtures.ts';
import { describeNeeding } from '../support/need.ts';
import { run } from '../support/process.ts';
import { Temporary } from '../support/temporary.ts';

describeNeeding(['kernel'], 'the descriptors of a started program', () => {
  test('are those that it has without rsym', () => {
    using folder = new Temporary();
    const [script, from, to] = ['script', 'from', 'to'].map((name) => join(folder.path, name)) as [
      string,
      string,
      string,
    ];
    writeFileSync(from, 'read from 5\n');
    writeFileSync(
      script,
      'for fd in /proc/$$/fd/*; do case $fd in */[012]) ;; *) echo "$(basename $fd) $(readlink $fd)";; esac; done; cat <&5; echo "written to $1" >&9\n',
    );
    // Node marks the first sixteen, and those that follow without a gap.
    const within = (...command: string[]) =>
      run('bash', ['-c', 'exec 5<"$0" 9>>"$1" 15<"$0" 40<"$0"; shift 2; exec "$@"', from, to, '', ...command]);
    const plain = within('sh', script, 'plain');
    const traced = within(
      process.execPath,
      ...[
        program,
        'trace',
        fixture('hello/never-v0'),
        'helloworld::hello',
        '-c',
        `sh ${script} traced`,
        '-o',
        '/dev/null',
      ],
    );
    // Those of the test's own surroundings have other numbers each time.
    const linesOf = (text: string): string[] =>
      text
        .replaceAll(/(?<=pipe:\[)\d+/g, '')
        .trimEnd()
        .split('\n');
    const lines = linesOf(plain.stdout);
    expect(lines).toEqual(expect.arrayContaining([`5 ${from}`, `9 ${to}`, `15 ${from}`, `40 ${from}`, 'read from 5']));
    expect(linesOf(traced.stdout), traced.stderr).toEqual(lines);
    expect(readFileSync(to, 'utf8')).toBe('written to plain\nwritten to traced\n');
  });
});
