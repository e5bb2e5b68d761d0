// Has the screen show a program's calls at a steady rate, and prints each second how much memory and CPU it takes and how soon
// it answers a key. node scripts/tui/soak.js [SECONDS] [CALLS A SECOND]; needs root, rustc and tmux.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { LiveScreen, PacedTarget } from '../../bench/live-screen.js';

const [seconds = 60, rate = 10_000] = process.argv.slice(2).map(Number);
const program = process.env.RSYM_PROGRAM ?? fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
/** Node's heap reaches its usual size. */
const settling = 10;
const most = 10 * 1024;

const scratch = mkdtempSync(join(tmpdir(), 'rsym-soak-'));
const target = await PacedTarget.start(scratch, rate, seconds + 60);
const screen = new LiveScreen([process.execPath, program], target.path);
const clear = () => {
  target.kill();
  screen.close();
  rmSync(scratch, { recursive: true, force: true });
};
process.once('exit', clear);
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

await screen.watch(target.pid);
target.begin();
await screen.shows(/[1-9][\d,]* calls/);
const views = [/\[Counts\]/, /\[Latency\]/, /\[Output/, /\[Notes/, /\[Calls\]/];
const answers = [];
const memory = [];
console.log('second  RSS KiB  CPU %  key ms  header');
for (let second = 1; second <= seconds; second++) {
  const start = performance.now();
  const before = screen.cpuNs();
  const answer = await screen.answer('Tab', views[(second - 1) % views.length] ?? /./);
  answers.push(answer);
  await sleep(Math.max(0, 1000 - (performance.now() - start)));
  const cpu = ((screen.cpuNs() - before) / 1e6 / (performance.now() - start)) * 100;
  memory.push(screen.rssKiB());
  const [, header = ''] = screen.text.split('\n');
  console.log(
    `${String(second).padStart(6)}  ${memory.at(-1)}  ${cpu.toFixed(1).padStart(5)}  ${answer.toFixed(1).padStart(6)}  ${header}`,
  );
}
const later = memory.slice(settling);
const growth = Math.max(...later) - (memory[settling - 1] ?? Number.NaN);
answers.sort((a, b) => a - b);
console.log(
  `growth after the first ${settling} s: ${growth} KiB at most, ${(later.at(-1) ?? 0) - (memory[settling - 1] ?? 0)} KiB at the end`,
);
console.log(
  `a key's answer, tmux included: ${answers[answers.length >> 1]?.toFixed(1)} ms in the middle, ${answers.at(-1)?.toFixed(1)} ms at most`,
);
process.exit(growth < most ? 0 : 1);
