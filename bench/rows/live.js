import { setTimeout as sleep } from 'node:timers/promises';
import { missingOf } from '../installed.js';
import { LiveScreen, PacedTarget } from '../live-screen.js';
import { measured, notMeasured } from '../result.js';

const row = '14';
const what = "the live screen's CPU, 10,000 calls a second";
const rate = 10_000;
const settlingMs = 5_000;
const measuredMs = 10_000;
const limitPercent = 25;

const watchOnce = async ({ rsym, scratch }) => {
  const target = await PacedTarget.start(scratch, rate, 60);
  const screen = new LiveScreen(rsym, target.path);
  const clear = () => {
    target.kill();
    screen.close();
  };
  process.once('exit', clear);
  try {
    await screen.watch(target.pid);
    target.begin();
    await sleep(settlingMs);
    const [before, start, calls] = [screen.cpuNs(), performance.now(), screen.calls()];
    await sleep(measuredMs);
    const ms = performance.now() - start;
    return {
      percent: (screen.cpuNs() - before) / 1e4 / ms,
      perSecond: ((screen.calls() - calls) / ms) * 1000,
      lost: /LOST/.test(screen.text),
    };
  } finally {
    clear();
    process.removeListener('exit', clear);
  }
};

export const live = async (context) => {
  const missing =
    missingOf('rustc') ??
    missingOf('tmux') ??
    (process.getuid() === 0 ? null : 'this user may not plant kernel probes');
  if (missing !== null) return [notMeasured({ row, what, rival: '-', budget: null, reason: missing })];
  const runs = [];
  for (let i = 0; i < context.runs; i++) runs.push(await watchOnce(context));
  return [
    measured({
      row,
      what,
      unit: '%',
      rsymValues: runs.map(({ percent }) => percent),
      limit: limitPercent,
      notes: [
        `limit: ${limitPercent} % of one CPU`,
        `shown: ${runs.map(({ perSecond }) => Math.round(perSecond)).join(', ')} calls a second${runs.some(({ lost }) => lost) ? ', SOME LOST' : ', none lost'}`,
      ],
    }),
  ];
};
