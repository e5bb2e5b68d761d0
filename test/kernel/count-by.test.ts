import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CountByReading, type CountByRequest, countBy } from '../../src/index.ts';
import { cli, cliFail, rsym } from '../support/cli.ts';
import { describeNeeding } from '../support/need.ts';
import { run } from '../support/process.ts';
import { buildRust } from '../support/rust-program.ts';
import { Temporary } from '../support/temporary.ts';

const source = fileURLToPath(new URL('programs/keys.rs', import.meta.url));

type Counts = Record<string, number>;

describeNeeding(['kernel', 'rustc'], 'counting by key', () => {
  const folder = new Temporary();
  const program = join(folder.path, 'keys');
  const rounds = 84;
  /** What the program says of its calls, by function. */
  const printed = new Map<string, Counts>();

  beforeAll(() => {
    buildRust(source, program, ['-O', '--crate-name=keys']);
    const lines = run(program, [String(rounds)])
      .stdout.trimEnd()
      .split('\n');
    for (const [, name = '', key = '', calls] of lines.map((line) => /^(\w+) (.*) (\d+)$/.exec(line) ?? []))
      printed.set(name, { ...printed.get(name), [key]: Number(calls) });
  });
  afterAll(() => folder[Symbol.dispose]());

  type Asked = Omit<CountByRequest, 'target' | 'functions' | 'scope'> & { readonly threads?: number };

  const last = async (pattern: string, { threads = 1, ...asked }: Asked): Promise<CountByReading> => {
    const scope = { kind: 'run', args: [String(rounds), String(threads)] } as const;
    let reading: CountByReading | undefined;
    for await (const each of countBy({ target: program, functions: [pattern], scope, output: 'ignore', ...asked }))
      reading = each;
    if (reading === undefined) throw new Error('no reading');
    return reading;
  };
  const callsOf = ({ calls }: CountByReading): Counts =>
    Object.fromEntries(calls.all().map(({ key, total }) => [key?.text ?? '', Number(total)]));
  const times = (counts: Counts | undefined, by: number): Counts =>
    Object.fromEntries(Object.entries(counts ?? {}).map(([key, calls]) => [key, calls * by]));

  describe.each(['kernel', 'reader'] as const)('summed up by the %s', (side) => {
    test.each([
      ['number', 'n'],
      ['text', 's'],
      ['job', 'job.variant'],
      ['level', 'level'],
      ['pair', '(a, c)'],
      ['check', 'ret.variant'],
      ['generic', 'value'],
    ])('%s by %s: as the program prints', async (name, by) => {
      expect(callsOf(await last(`keys::${name}`, { by, side }))).toEqual(printed.get(name));
    });

    test('eight threads at once: every call', async () => {
      for (const [name, by] of [
        ['number', 'n'],
        ['check', 'ret.variant'],
      ] as const)
        expect(callsOf(await last(`keys::${name}`, { by, side, threads: 8 }))).toEqual(times(printed.get(name), 8));
    });

    test('inlined copies: the keys that can be seen are true, and no call is missing', async () => {
      const { gone = 0, ...seen } = Object.fromEntries(
        Object.entries(callsOf(await last('keys::small', { by: 'n', side }))).map(([key, calls]) => [
          key === '<gone>' ? 'gone' : key,
          calls,
        ]),
      );
      const all = printed.get('small') ?? {};
      for (const [key, calls] of Object.entries(seen)) expect(calls, key).toBeLessThanOrEqual(all[key] ?? 0);
      const sum = (counts: Counts): number => Object.values(counts).reduce((total, calls) => total + calls, 0);
      expect(sum(seen) + gone).toBe(sum(all));
      expect(sum(seen)).toBeGreaterThan(0);
    });

    test('--when, with a key and without', async () => {
      expect(callsOf(await last('keys::number', { by: 'n', when: 'n > 1', side }))).toEqual({ '2': 12, '3': 12 });
      expect(callsOf(await last('keys::number', { when: 'n > 1', side }))).toEqual({ '': 24 });
      const lengths: Counts = {};
      for (const [text, calls] of Object.entries(printed.get('text') ?? {})) {
        const bytes = Buffer.byteLength(JSON.parse(text) as string);
        if (text !== '"a"') lengths[bytes] = (lengths[bytes] ?? 0) + calls;
      }
      expect(callsOf(await last('keys::text', { by: 's.len()', when: 's != "a"', side }))).toEqual(lengths);
      const failures = await last('keys::check', { by: 'n % 2', when: 'ret is Err(Failure::Odd(_))', side });
      expect(callsOf(failures)).toEqual({ '1': printed.get('failure')?.['Odd'] });
    });

    test('a call that panics has no result: it is told, and in no group', async () => {
      const { calls } = await last('keys::may_panic', { by: 'ret', side });
      const { panic, ...returned } = printed.get('may_panic') ?? {};
      expect(Object.fromEntries(calls.all().map(({ key, total }) => [key?.text, Number(total)]))).toEqual(returned);
      expect(calls.ungrouped.reduce((sum, { undecided, unwound }) => sum + undecided + unwound, 0n)).toBe(
        BigInt(panic ?? -1),
      );
    });

    test('what can not be read is a group of its own, by the reason', async () => {
      const reading = await last('keys::raw(p: *const c_char) -> usize', { by: 'p', side });
      expect(callsOf(reading)).toEqual(printed.get('raw'));
      const undecided = await last('keys::raw(p: *const c_char) -> usize', { when: 'p == "x"', side });
      expect(callsOf(undecided)).toEqual({});
      expect(undecided.calls.ungrouped).toMatchObject([{ undecided: BigInt(rounds) }]);
    });

    test('more keys than there is room for', async () => {
      const { calls, lost } = await last('keys::number', { by: 'n', maxGroups: 3, side });
      expect(calls.groups).toBe(3);
      for (const { key, total } of calls.all()) expect(Number(total)).toBe(printed.get('number')?.[key?.text ?? '']);
      expect(calls.total + lost.groups).toBe(BigInt(rounds));
    });

    test('texts that are longer than a key are told apart by their first bytes', async () => {
      const texts = Object.entries(printed.get('text') ?? {});
      const long = texts.filter(([key]) => key.startsWith('"a longer text')).map(([, calls]) => calls);
      const counts = callsOf(await last('keys::text', { by: 's', maxString: 10, side }));
      expect(counts).toEqual({
        ...Object.fromEntries(texts.filter(([key]) => !key.startsWith('"a longer text'))),
        '"a longer t"…': long.reduce((sum, calls) => sum + calls, 0),
      });
    });
  });

  test('the command: a table of the busiest keys, one JSON document, and what it refuses', () => {
    const line = ['count', program, 'keys::pair', '--by', '(c, a)'];
    const table = cli([...line, '--top', '2', '--', String(rounds)]);
    expect(table.stdout).toMatch(
      /^TOTAL {2}SHARE {2}KEY\n( *14 {2}16\.7% {2}\('.+', [01]\)\n){2} *56 {2}66\.7% {2}in 4 more groups\n$/,
    );
    expect(table.stderr).toMatch(/84 calls in 6 groups in [\d.]+ s; 1 function counted; the program exited with 0\n$/);
    const { groups, ...rest } = JSON.parse(cli([...line, '--json', '--', String(rounds)]).stdout) as {
      groups: readonly { key: unknown; text: string; calls: string; copies: readonly { calls: string }[] }[];
    };
    expect(rest).toMatchObject({
      schema: 1,
      by: '(c, a)',
      when: null,
      calls: '84',
      functions: [{ name: 'keys::pair' }],
    });
    expect(groups).toContainEqual(
      expect.objectContaining({ function: 'keys::pair', key: ["'", 0], text: "('\\'', 0)", calls: '14' }),
    );
    expect(cliFail([...line, '--max-rate', '5', '--', '1'])).toMatch(/--max-rate and --by can't be used together/);
    expect(cliFail(['count', program, 'keys::pair', '--max-groups', '5', '--', '1'])).toMatch(
      /only with --by or --when/,
    );
    expect(cliFail(['count', program, 'keys::pair', '--by', 'b', '--', '1'])).toMatch(/b/);
    expect(cliFail(['count', program, 'keys::job', '--by', 'job', '--', '1'])).toMatch(/\.variant/);
  });

  test('several functions are named beside their keys', () => {
    const { stdout } = cli(['count', program, 'keys::number', 'keys::generic', '--by', 'arg.0', '--', String(rounds)]);
    expect(stdout).toMatch(/^TOTAL +SHARE +FUNCTION +KEY\n/);
    expect(stdout).toMatch(/^ *35 +\d+\.\d% +keys::generic +0 \(2 copies\)$/m);
    expect(stdout).toMatch(/^ *12 +\d+\.\d% +keys::number +-3$/m);
  });

  test.each([
    ['__rustc::__rust_alloc(size: usize, align: usize) -> *mut u8', (file: string) => file],
    ['malloc(size: usize) -> *mut u8', () => 'libc'],
  ])('allocations by size class, with those of the last moment: %s', (name, targetOf) => {
    const by = ['--by', 'size.next_power_of_two()', '--when', 'size >= 70_000', '--interval', '0.3'];
    const done = rsym(['count', targetOf(program), name, ...by, '-c', `${program} serve 1`]);
    const classes = Array.from(done.stderr.matchAll(/^size (\d+) (\d+)$/gm), ([, size, calls]) => `${calls} ${size}`);
    expect(classes).toHaveLength(2);
    const tables = done.stdout.split('\n\n');
    const end = tables.at(-1) ?? '';
    expect(Array.from(end.matchAll(/^ *(\d+) +\d+\.\d% +(\d+)$/gm), ([, calls, size]) => `${calls} ${size}`)).toEqual(
      classes,
    );
    const live = tables.slice(0, -1).map((table) => /^TOTAL +LAST 0\.3s +SHARE +KEY\n *(\d+) +(\d+) /m.exec(table));
    expect(live.length).toBeGreaterThanOrEqual(2);
    let before = 0;
    for (const [, total, recent] of live.map((row) => row ?? [])) {
      expect(Number(total) - Number(recent)).toBe(before);
      before = Number(total);
    }
  });
});
