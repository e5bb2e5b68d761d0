import { describe, expect, test } from 'vitest';
import { fixture } from '../support/fixtures.ts';
import { describeNeeding } from '../support/need.ts';
import { run } from '../support/process.ts';
import { shownCopies } from '../support/shown.ts';
import { Temporary } from '../support/temporary.ts';
import { runProbed, signedInteger, unsigned } from '../support/uprobe.ts';

/** Plants probes where `show` says, runs the program with 1 to 4, and gives what was read: `i`, `len` and the result. */
const readHello = (path: string): { entries: unknown[]; results: unknown[] } => {
  const [copy, ...others] = shownCopies(path, 'helloworld::hello');
  if (copy?.at == null || others.length > 0) throw new Error('not one copy with an address to probe');
  expect(copy.kind).toBe('inlined');
  const read = Object.fromEntries(copy.args.map(({ name, places }) => [name, places]));
  const points = [{ name: 'entry', address: BigInt(copy.at), read }];
  const { address, places } = copy.ret;
  if (address !== undefined) points.push({ name: 'result', address: BigInt(address), read: { result: places } });
  const { hits, stdout, status } = runProbed(path, ['1', '2', '3', '4'], points);
  expect(status).toBe(0);
  // The program's own words: that it did what the test thinks it does.
  expect([...stdout.matchAll(/number (\d+), (\d+) arguments\nreturned (\d+)/g)].map((told) => told.slice(1))).toEqual(
    [1, 2, 3, 4].map((i) => [String(i), '5', String(i + 5)]),
  );
  const of = (point: string) => hits.filter((hit) => hit.point === point).map(({ values }) => values);
  return {
    entries: of('entry').map(({ i, len }) => [signedInteger(i), unsigned(len)]),
    results: of('result').map(({ result }) => signedInteger(result)),
  };
};

const expected = {
  entries: [1n, 2n, 3n, 4n].map((i) => [i, 5n]),
  results: [6n, 7n, 8n, 9n],
};

describeNeeding(['kernel', 'tracefs', 'root'], 'the tutorial program in release: hello is inlined into main', () => {
  test.each(['full-level-1', 'full-level-2', 'full-release', 'full-dwarf5', 'full-level-s', 'full-level-z'])(
    '%s: a probe at the address that show names reads its arguments and results',
    (variant) => expect(readHello(fixture(`hello/${variant}`))).toEqual(expected),
  );

  describeNeeding(['rustc'], 'built here', () => {
    const source = new URL('../../fixtures/hello/main.rs', import.meta.url).pathname;
    describe.each(['1', '2', '3', 's', 'z'])('opt-level %s', (level) => {
      test('with the standard library as it comes', () => {
        using folder = new Temporary();
        const program = `${folder.path}/helloworld`;
        const flags = ['--crate-name', 'helloworld', '--edition', '2021', '-g', '-C', `opt-level=${level}`];
        const { status, stderr } = run('rustc', [...flags, '-o', program, source], { timeout: 120_000 });
        expect(status, stderr).toBe(0);
        expect(readHello(program)).toEqual(expected);
      });
    });
  });
});
