import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { missingOf, versionOf } from '../installed.js';
import { buildMany, ManyFunctions, manyPattern } from '../many.js';
import { interleave } from '../measure.js';
import { compared, measured, notMeasured } from '../result.js';
import { median } from '../statistics.js';
import { Tracer } from '../tracer.js';

const row = '9';
const few = 271;
const many = 20_000;
const pollMs = 2;
const longestMs = 120_000;

/** From the start of a command until its first probe and its last one are seen in the target; `planted` of all, if not all are. */
const attach = async ({ path, count, command, env = {}, log, limitMs }) => {
  const target = await ManyFunctions.start(path, count);
  const before = performance.now();
  const tracer = new Tracer(command(target.pid), env, log);
  try {
    let firstMs = null;
    let planted = 0;
    for (;;) {
      planted = target.probed();
      const ms = performance.now() - before;
      if (planted > 0) firstMs ??= ms;
      if (planted === count || ms > limitMs) break;
      if (!tracer.isRunning) throw new Error(`the tracer ended: ${tracer.said.trim()}`);
      await sleep(pollMs);
    }
    return { firstMs: firstMs ?? limitMs, allMs: performance.now() - before, planted };
  } finally {
    tracer.signal('SIGINT');
    for (let waited = 0; tracer.isRunning && waited < longestMs; waited += 50) await sleep(50);
    tracer.signal('SIGKILL');
    await target.end();
  }
};

const parts = (name, runs) =>
  `${name}: the first probe after ${median(runs.map(({ firstMs }) => firstMs)).toFixed(0)} ms, all of them ` +
  `${median(runs.map(({ firstMs, allMs }) => allMs - firstMs)).toFixed(0)} ms later`;

const rival = (path) => ({
  command: (pid) => ['bpftrace', '-p', String(pid), '-e', `uprobe:${path}:${manyPattern} { @[func] = count(); }`],
  env: { BPFTRACE_MAX_PROBES: String(2 * many) },
});

const whole = (runs) => runs.map(({ allMs }) => allMs);

export const attachTime = async ({ rsym, runs, scratch }) => {
  const what = (count) => `count: until ${count} probes are planted`;
  const other = 'bpftrace @[func] = count()';
  const refused = (reason) => notMeasured({ row, what: what(few), rival: other, budget: null, reason });
  const missing = missingOf('rustc') ?? (process.getuid() === 0 ? null : 'this user may not plant kernel probes');
  if (missing !== null) return [refused(missing)];
  const log = join(scratch, `${row}-log`);
  const [small, large] = [few, many].map((count) => ({ count, path: buildMany(scratch, count) }));
  const noRival = missingOf('bpftrace');
  const side =
    ({ path, count }, tool) =>
    () =>
      attach({ path, count, ...tool(path), log, limitMs: longestMs });
  const ours = (path) => ({ command: (pid) => [...rsym, 'count', path, manyPattern, '-p', String(pid)] });
  const ofFew = await interleave(runs, {
    ...(noRival === null ? { bpftrace: side(small, rival) } : {}),
    rsym: side(small, ours),
  });
  const ofMany = await interleave(runs, { rsym: side(large, ours) });
  return [
    noRival === null
      ? compared({
          row,
          what: what(few),
          rival: other,
          unit: 'ms',
          rivalValues: whole(ofFew.bpftrace),
          rsymValues: whole(ofFew.rsym),
          budget: 1,
          notes: [parts('bpftrace', ofFew.bpftrace), parts('rsym', ofFew.rsym), versionOf('bpftrace')],
        })
      : refused(noRival),
    measured({
      row,
      what: what(many),
      unit: 'ms',
      rsymValues: whole(ofMany.rsym),
      limit: 1_000,
      notes: [
        parts('rsym', ofMany.rsym),
        'bpftrace plants one after the other and removes them so, which takes many minutes: it is not run',
      ],
    }),
    measured({
      row,
      what: `count: the kernel plants ${many} probes`,
      unit: 'ms',
      rsymValues: ofMany.rsym.map(({ firstMs, allMs }) => allMs - firstMs),
      limit: 500,
      notes: [],
    }),
  ];
};
