import { join } from 'node:path';
import { missingOf, versionOf } from '../installed.js';
import { interleave } from '../measure.js';
import { compared, notMeasured } from '../result.js';
import { median } from '../statistics.js';
import { buildTarget, functionName } from '../target.js';
import { watchTarget } from '../tracer.js';

const calls = 200_000;

/** Calls that each side counted; it stands in what it wrote at its end. */
const counted = {
  bpftrace: ({ written }) =>
    written
      .split('\n')
      .flatMap((line) => /^@\[.*\]: (\d+)$|^[[(].*[\])] +(\d+) \|/.exec(line)?.slice(1) ?? [])
      .reduce((sum, count) => sum + Number(count ?? 0), 0),
  rsym: ({ written }) => Number(JSON.parse(written).calls),
};

const sumsRow =
  ({ row, verb, what, rival, script, budget }) =>
  async ({ rsym, runs, scratch }) => {
    const missing =
      missingOf('bpftrace', 'rustc') ?? (process.getuid() === 0 ? null : 'this user may not plant kernel probes');
    if (missing !== null) return [notMeasured({ row, what, rival, budget, reason: missing })];
    const path = buildTarget(scratch);
    const output = (name) => join(scratch, `${row}-${name}`);
    const side = (name, command) => () =>
      watchTarget({ path, calls, output: output(name), log: join(scratch, `${row}-${name}.log`), command });
    const results = await interleave(
      runs,
      {
        bpftrace: side('bpftrace', (pid) => [
          'bpftrace',
          '-p',
          String(pid),
          '-o',
          output('bpftrace'),
          '-e',
          script(path),
        ]),
        rsym: side('rsym', (pid) => [
          ...rsym,
          verb,
          path,
          functionName,
          '--json',
          '-p',
          String(pid),
          '-o',
          output('rsym'),
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
          ...names.map((name) => {
            const found = results[name].map(counted[name]);
            const isRight = found.every((count) => count === calls);
            return `${name} counted ${found.join(', ')}${isRight ? '' : ` — NOT ${calls}`}`;
          }),
          ...names.map((name) => {
            const onCpu = median(results[name].map(({ onCpuNs }) => onCpuNs / 1000));
            return `${name}: ${onCpu.toFixed(2)} µs of the slowdown on the target's CPU`;
          }),
        ],
      }),
    ];
  };

export const countCalls = sumsRow({
  row: '10',
  verb: 'count',
  what: 'slowdown of a call: count',
  rival: 'bpftrace @[func] = count()',
  script: (path) => `uprobe:${path}:${functionName} { @[func] = count(); }`,
  budget: 1,
});

export const latencies = sumsRow({
  row: '12',
  verb: 'latency',
  what: 'slowdown of a call: latency',
  rival: 'bpftrace uprobe + uretprobe hist()',
  script: (path) =>
    `uprobe:${path}:${functionName} { @begun[tid] = nsecs; } ` +
    `uretprobe:${path}:${functionName} /@begun[tid]/ { @taken = hist(nsecs - @begun[tid]); delete(@begun[tid]); }`,
  budget: null,
});
