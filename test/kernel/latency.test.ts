import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LatencyReading, type LatencyRequest, latency } from '../../src/index.ts';
import { cli, cliFail, startCli } from '../support/cli.ts';
import { describeNeeding } from '../support/need.ts';
import { start } from '../support/process.ts';
import { buildRust } from '../support/rust-program.ts';
import { Temporary } from '../support/temporary.ts';
import { traced } from '../support/traced.ts';

const source = fileURLToPath(new URL('programs/latency.rs', import.meta.url));
const ms = 1_000_000n;

describeNeeding(['kernel', 'rustc'], 'latency', () => {
  const folder = new Temporary();
  const program = join(folder.path, 'latency');

  beforeAll(() => buildRust(source, program, ['-O', '--crate-name=latency']));
  afterAll(() => folder[Symbol.dispose]());

  type Asked = Partial<Omit<LatencyRequest, 'target' | 'functions'>>;

  const last = async (functions: readonly string[], what: string, asked: Asked = {}): Promise<LatencyReading> => {
    const scope = { kind: 'run', args: [what] } as const;
    let reading: LatencyReading | undefined;
    for await (const each of latency({ target: program, functions, scope, output: 'ignore', ...asked })) reading = each;
    if (reading === undefined) throw new Error('no reading');
    return reading;
  };
  const one = ({ latencies }: LatencyReading, name: string) => {
    const found = latencies.functions.find(({ latency: own }) => own.function === name);
    if (found === undefined) throw new Error(`no ${name}`);
    return { ...found, ...{ calls: found.latency.calls, sum: found.latency.sum, longest: found.latency.longest } };
  };

  test('sleeps take as long as they must, in the order of their lengths', async () => {
    const { latency: sleeps } = one(await last(['latency::sleeps'], 'sleeps'), 'latency::sleeps');
    expect(sleeps.calls).toBe(20n);
    expect(sleeps.sum >= (15n * 10n + 5n * 40n) * ms).toBe(true);
    expect(sleeps.longest >= 40n * ms).toBe(true);
    const told = [500, 900, 990, 999].map((permille) => sleeps.percentile(permille) ?? 0n);
    expect(told[0]! >= 10n * ms && told[1]! >= 40n * ms).toBe(true);
    expect([...told, sleeps.longest]).toEqual([...told, sleeps.longest].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
    expect(sleeps.buckets.reduce((sum, { calls }) => sum + calls, 0n)).toBe(20n);
    expect(sleeps.buckets.every(({ high }) => high >= 10n * ms)).toBe(true);
  });

  test('by an argument, and only calls for which a condition holds: also one on the duration', async () => {
    const { latencies } = await last(['latency::sleeps'], 'sleeps', { by: 'ms' });
    const groups = latencies.groups.map(({ key, calls }) => [key?.text, calls]);
    expect(Object.fromEntries(groups)).toEqual({ 10: 15n, 40: 5n });
    const long = await last(['latency::sleeps'], 'sleeps', { when: 'duration >= 40ms && ms < 1000' });
    expect(one(long, 'latency::sleeps').calls >= 5n).toBe(true);
    expect(one(long, 'latency::sleeps').latency.buckets.every(({ high }) => high >= 40n * ms)).toBe(true);
  });

  test('nested and recursive calls, and one that leaves by a jump', async () => {
    const names = ['latency::outer', 'latency::inner', 'latency::recurses', 'jumps', 'jumped_to'];
    const reading = await last(names, 'nested');
    expect(names.map((name) => one(reading, name).calls)).toEqual([50n, 100n, 100n, 7n, 7n]);
    expect(names.map((name) => one(reading, name).unwound)).toEqual([0n, 0n, 0n, 0n, 0n]);
    expect(one(reading, 'latency::outer').sum >= one(reading, 'latency::inner').sum).toBe(true);
    // The pause is in the function that was jumped to, which returns in place of the other.
    expect(one(reading, 'jumps').sum >= 7n * 2n * ms).toBe(true);
    const { calls } = traced([program, 'latency::recurses', '--', 'nested']);
    expect(BigInt(calls.length)).toBe(one(reading, 'latency::recurses').calls);
  });

  test('calls that a panic ends are counted, not timed, however many at once', async () => {
    const reading = await last(['latency::panics'], 'panics');
    expect(one(reading, 'latency::panics')).toMatchObject({ calls: 6n * 41n, unwound: 3n * 41n });
  });

  test('eight threads at once: every call, together and by an argument', async () => {
    const reading = await last(['latency::quick'], 'threads', { by: 'n' });
    expect(one(reading, 'latency::quick').calls).toBe(80_000n);
    expect(reading.latencies.groups.map(({ calls }) => calls)).toEqual(Array.from({ length: 4 }, () => 20_000n));
    expect(reading.lost).toMatchObject({ groups: 0n, pending: 0n, processes: 0 });
  });

  test('a sample: what is left out is counted', async () => {
    const reading = await last(['latency::quick'], 'threads', { sample: 100 });
    expect(one(reading, 'latency::quick')).toMatchObject({ calls: 800n, skipped: 79_200n });
  });

  test('groups that find no room are counted', async () => {
    const reading = await last(['latency::quick'], 'threads', { by: 'n', maxGroups: 2 });
    expect(reading.latencies.groups).toHaveLength(2);
    expect(reading.latencies.calls + reading.latencies.crowdedOut).toBe(80_000n);
  });

  test('a process that ends inside of a call', async () => {
    const reading = await last(['latency::never_returns', 'latency::main'], 'exit');
    expect(one(reading, 'latency::never_returns')).toMatchObject({ calls: 1n, unwound: 1n });
    expect(one(reading, 'latency::main')).toMatchObject({ calls: 0n, unwound: 1n });
    expect(reading.program).toMatchObject({ status: 3 });
  });

  test('a call that is under way when timing begins has no duration', async () => {
    await using waiting = start(program, ['waits']);
    await waiting.waitFor('waiting');
    const { stdout, stderr, status } = cli([
      'latency',
      program,
      'latency::waits',
      '-p',
      String(waiting.pid),
      '-d',
      '0.3',
    ]);
    expect([stdout, status]).toEqual(['', 0]);
    expect(stderr).toMatch(/0 calls of 0 functions in .*\nrsym: no call was seen; why\?/);
  });

  test('the command: a table, histograms, one JSON document', () => {
    const line = ['latency', program, 'latency::quick', 'latency::outer'];
    const { stdout, stderr } = cli([...line, '--by', 'n', '--top', '2', '--', 'threads']);
    expect(stdout).toMatch(
      /^CALLS +P50 +P90 +P99 +P99\.9 +MAX +AVG +TOTAL +SHARE +FUNCTION +KEY\n(20000 .*\n){2}40000 calls in 2 more groups/,
    );
    expect(stdout).toMatch(/\n\n.*quick .*\n( +\[ *\S+, +\S+\) +\d+.*\n)+/);
    expect(stderr).toMatch(
      /rsym: 80000 calls of 1 function in 4 groups in .*; 2 functions timed; the program exited with 0/,
    );
    const document = JSON.parse(cli([...line, '--json', '--', 'threads']).stdout);
    expect(document).toMatchObject({
      schema: 1,
      calls: '80000',
      lower_bound: false,
      functions: [
        { name: 'latency::quick', calls: '80000', unwound: '0' },
        { name: 'latency::outer', calls: '0', p50_ns: null },
      ],
      groups: [],
      lost: { groups: '0', pending: '0', events: '0', processes: 0 },
      program: { status: 0 },
    });
    const [{ buckets, sum_ns: sum, avg_ns: average }] = document.functions;
    const within = (bound: 'low_ns' | 'high_ns'): bigint =>
      buckets.reduce(
        (total: bigint, bucket: Record<string, string>) => total + BigInt(bucket[bound]!) * BigInt(bucket['calls']!),
        0n,
      );
    expect(within('low_ns') <= BigInt(sum) && BigInt(sum) <= within('high_ns')).toBe(true);
    expect(BigInt(average)).toBe(BigInt(sum) / 80_000n);
  });

  test('what has no end that can be seen is named, and refused if nothing else is left', () => {
    expect(cliFail(['latency', program, 'latency::small', '--', 'nested'])).toMatch(
      /cannot time latency::small\n.*inlined/,
    );
    expect(cliFail(['latency', program, 'latency::quick', '--by', 'nobody', '--', 'nested'])).toMatch(/nobody/);
    expect(cliFail(['latency', program, 'latency::quick', '--max-groups', '999999999', '--', 'x'])).toMatch(
      /--max-groups/,
    );
  });

  test('SIGINT: the table so far, and status 130', async () => {
    await using serving = start(program, ['serve']);
    await serving.waitFor('serving');
    await using timing = startCli(['latency', program, 'latency::quick', '-p', String(serving.pid)]);
    await timing.waitFor(/\d probes?/, { stream: 'stderr' });
    await new Promise((resolve) => setTimeout(resolve, 300));
    timing.kill('SIGINT');
    const done = await timing.finished;
    expect(done.status).toBe(130);
    expect(done.stdout).toMatch(/^CALLS .*\n *\d+ .* 100\.0% +latency::quick\n\nlatency::quick\n {2}\[/);
  });
});
