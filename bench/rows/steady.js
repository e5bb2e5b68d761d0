import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { missingOf } from '../installed.js';
import { measured, notMeasured } from '../result.js';
import { buildTarget, isPush } from '../target.js';
import { drained, Tracer, waitFor } from '../tracer.js';

const row = '8';
const what = "rsym's CPU an event, 100,000 a second";
const rate = 100_000;
const seconds = 10;
const limitUs = 1;
const signature = 'rsym_bench_text(text: &str) -> usize';
const attachMs = 30_000;

/** Lines that show a call as it was made: of each thread every number once, in order. */
const goodLines = (text) => {
  const next = new Map();
  let good = 0;
  for (const [, thread, number] of text.matchAll(/\(text: "thread (\d) call (\d{12}) -{36}"\)$/gm)) {
    if (Number(number) < (next.get(thread) ?? 0)) continue;
    next.set(thread, Number(number) + 1);
    good++;
  }
  return good;
};

const watchOnce = async ({ rsym, scratch }, path) => {
  const output = join(scratch, `${row}-rsym`);
  const target = spawn(path, [String(rate), String(seconds)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: target.stdout })[Symbol.asyncIterator]();
  const command = [...rsym, 'trace', path, signature, '--returns', 'off', '-p', String(target.pid), '-o', output];
  const tracer = new Tracer(command, {}, join(scratch, `${row}.log`));
  try {
    const [, , bytes] = (await lines.next()).value.split(' ');
    if (!isPush(bytes)) throw new Error(`the function begins with ${bytes}, not with push`);
    await waitFor(() => !tracer.isRunning || tracer.said.includes('tracing'), attachMs, 'no probe');
    const before = tracer.cpuNs();
    target.stdin.write('\n');
    const [, calls] = (await lines.next()).value.split(' ').map(Number);
    await drained(tracer, output);
    const cpuNs = tracer.cpuNs() - before;
    target.stdin.end();
    await once(target, 'exit');
    await waitFor(() => !tracer.isRunning, attachMs, 'the tracer has not ended');
    const shown = goodLines(readFileSync(output, 'utf8'));
    return { calls, shown, cpuUs: cpuNs / 1000 / shown };
  } finally {
    target.kill('SIGKILL');
    tracer.signal('SIGKILL');
  }
};

export const steady = async (context) => {
  const missing = missingOf('rustc') ?? (process.getuid() === 0 ? null : 'this user may not plant kernel probes');
  if (missing !== null) return [notMeasured({ row, what, rival: '-', budget: null, reason: missing })];
  const path = buildTarget(context.scratch, 'paced');
  const runs = [];
  for (let i = 0; i < context.runs; i++) runs.push(await watchOnce(context, path));
  const lost = runs.map(({ calls, shown }) => calls - shown);
  return [
    measured({
      row,
      what,
      unit: 'µs',
      rsymValues: runs.map(({ cpuUs }) => cpuUs),
      limit: limitUs,
      notes: [
        `limit: ${limitUs} µs and none lost`,
        `not shown: ${lost.join(', ')} of ${runs.map(({ calls }) => calls).join(', ')}`,
      ],
    }),
  ];
};
