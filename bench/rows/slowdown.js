import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { missingOf, versionOf } from '../installed.js';
import { interleave } from '../measure.js';
import { compared, notMeasured } from '../result.js';
import { median } from '../statistics.js';
import { buildTarget, functionName, signature } from '../target.js';
import { watchTarget } from '../tracer.js';

/** bpftrace's pages of buffer for each CPU: as many bytes as rsym's ring has. Its own choice, 64, loses more. */
const bufferPages = '8192';

const bits = 64n;
const expected = (b) =>
  BigInt.asUintN(64, (BigInt.asUintN(64, -b) << 5n) | (BigInt.asUintN(64, -b) >> (bits - 5n))) ^ b;

/** Lines that show a call of the target as it was made: `a` is `-b`, and `b` counts up. */
const goodLines = (text, pattern, hasReturn) => {
  let last = -1n;
  let good = 0;
  for (const [, a, b, ret] of text.matchAll(pattern)) {
    const index = BigInt(b);
    if (index <= last || BigInt(a) !== -index || (hasReturn && BigInt.asUintN(64, BigInt(ret)) !== expected(index)))
      continue;
    last = index;
    good++;
  }
  return good;
};

const sum = (text, pattern) => [...text.matchAll(pattern)].reduce((total, [, count]) => total + Number(count), 0);

/** What each side wrote and says it lost. */
const readers = {
  bpftrace: ({ written, said }, withReturns) => ({
    shown: goodLines(written, /^(-?\d+) (\d+)$/gm, false),
    returns: withReturns ? (written.match(/^-> \d+$/gm)?.length ?? 0) : null,
    lost: sum(`${written}\n${said}`, /Lost (\d+) events/g),
  }),
  rsym: ({ written, said }, withReturns) => ({
    shown: withReturns
      ? goodLines(written, /\(a: (-?\d+), b: (\d+)\) -> (\d+)$/gm, true)
      : goodLines(written, /\(a: (-?\d+), b: (\d+)\)$/gm, false),
    returns: null,
    lost: sum(
      said.split('\n').findLast((line) => /^rsym: \d+ calls?;/.test(line)) ?? '',
      /(\d+) (?:calls not shown|ends not seen)/g,
    ),
  }),
};

const checkText = (name, calls, runs, withReturns) => {
  const counts = runs.map((run) => readers[name](run, withReturns));
  const wanted = withReturns && name === 'bpftrace' ? 2 * calls : calls;
  const complete = counts.every(({ shown, returns, lost }) => shown + (returns ?? 0) + lost === wanted);
  const lost = counts.map((count) => count.lost);
  const shown = counts.map((count) => count.shown + (count.returns ?? 0));
  return `${name}: ${shown.join(', ')} of ${wanted} lines right, ${lost.join(', ')} reported lost${complete ? '' : ' — DOES NOT ADD UP'}`;
};

/** Of all calls, also of those whose events were lost: where some were, the tracer did less. */
const cpuText = (name, calls, runs) => {
  const own = median(runs.map((run) => run.cpuNs / 1000 / calls));
  const target = median(runs.map((run) => run.onCpuNs / 1000));
  return `${name}: ${own.toFixed(2)} µs of its own CPU a call; of the slowdown, ${target.toFixed(2)} µs on the target's CPU`;
};

/** No tracer that probes these instructions can be faster. */
const floorText = (floorUs, rivalUs) =>
  `programs that do nothing at the same instructions: ${floorUs.toFixed(2)} µs, ${(floorUs / rivalUs).toFixed(2)} of bpftrace's`;

const floor = fileURLToPath(new URL('../floor.js', import.meta.url));

const slowdownRow =
  ({ row, what, calls, script, flags, budget, withReturns }) =>
  async ({ rsym, runs, scratch }) => {
    const rival = `bpftrace ${withReturns ? 'uprobe + uretprobe' : 'uprobe'} printf`;
    const missing =
      missingOf('bpftrace', 'rustc') ?? (process.getuid() === 0 ? null : 'this user may not plant kernel probes');
    if (missing !== null) return [notMeasured({ row, what, rival, budget, reason: missing })];
    const path = buildTarget(scratch);
    const output = (name) => join(scratch, `${row}-${name}`);
    const side = (name, command, env) => () =>
      watchTarget({ path, calls, output: output(name), log: join(scratch, `${row}-${name}.log`), command, env });
    const results = await interleave(
      runs,
      {
        bpftrace: side(
          'bpftrace',
          (pid) => ['bpftrace', '-p', String(pid), '-o', output('bpftrace'), '-e', script(path)],
          { BPFTRACE_PERF_RB_PAGES: bufferPages },
        ),
        rsym: side('rsym', (pid) => [
          ...rsym,
          'trace',
          path,
          signature,
          ...flags,
          '-p',
          String(pid),
          '-o',
          output('rsym'),
        ]),
        floor: side('floor', (pid) => [
          process.execPath,
          floor,
          path,
          functionName,
          String(pid),
          output('floor'),
          ...(withReturns ? ['returns'] : []),
        ]),
      },
      { warmUp: false },
    );
    const names = ['bpftrace', 'rsym'];
    const slowdowns = (name) => results[name].map(({ slowdownNs }) => slowdownNs / 1000);
    return [
      compared({
        row,
        what,
        rival,
        unit: 'µs',
        rivalValues: slowdowns('bpftrace'),
        rsymValues: slowdowns('rsym'),
        budget,
        notes: [
          `${calls} calls a run (${versionOf('bpftrace')})`,
          ...names.map((name) => checkText(name, calls, results[name], withReturns)),
          ...names.map((name) => cpuText(name, calls, results[name])),
          floorText(median(slowdowns('floor')), median(slowdowns('bpftrace'))),
        ],
      }),
    ];
  };

const entryScript = (path) => `uprobe:${path}:${functionName} { printf("%d %d\\n", arg0, arg1); }`;

export const entryOnly = slowdownRow({
  row: '6',
  what: 'slowdown of a call: entry only',
  calls: 200_000,
  script: entryScript,
  flags: ['--returns', 'off'],
  budget: 0.3,
  withReturns: false,
});

export const safeReturns = slowdownRow({
  row: '7',
  what: 'slowdown of a call: with safe returns',
  calls: 100_000,
  script: (path) => `${entryScript(path)} uretprobe:${path}:${functionName} { printf("-> %lu\\n", retval); }`,
  flags: [],
  budget: 1,
  withReturns: true,
});
