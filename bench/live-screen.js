import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildTarget, isPush } from './target.js';

export const functionName = 'rsym_bench_text';
const signature = '(text: &str) -> usize';
const pollMs = 10;
const limitMs = 30_000;

/** The program of row 8, which calls a function at a steady rate once it is told to. */
export class PacedTarget {
  #child;
  #lines;

  /** `seconds` of calls in all, both threads together `rate` calls a second. */
  static async start(folder, rate, seconds) {
    const target = new PacedTarget();
    target.path = buildTarget(folder, 'paced');
    target.#child = spawn(target.path, [String(rate), String(seconds)], { stdio: ['pipe', 'pipe', 'inherit'] });
    target.#lines = createInterface({ input: target.#child.stdout })[Symbol.asyncIterator]();
    const [, , bytes] = (await target.#lines.next()).value.split(' ');
    if (!isPush(bytes)) throw new Error(`the function begins with ${bytes}, not with push`);
    return target;
  }

  get pid() {
    return this.#child.pid;
  }

  begin() {
    this.#child.stdin.write('\n');
  }

  kill() {
    this.#child.kill('SIGKILL');
  }
}

/** rsym's screen in a terminal of tmux, on the level where calls are shown as they happen. */
export class LiveScreen {
  #folder = mkdtempSync(join(tmpdir(), 'rsym-live-'));

  /** `rsym`: the command; `columns` and `rows`: the terminal's size. */
  constructor(rsym, path, { columns = 120, rows = 40 } = {}) {
    const size = ['-x', String(columns), '-y', String(rows)];
    // In one request: a server without a session ends.
    this.#tmux(
      ...[
        '-f',
        '/dev/null',
        'start-server',
        ';',
        'set',
        '-g',
        'status',
        'off',
        ';',
        'set',
        '-sg',
        'escape-time',
        '0',
        ';',
      ],
      ...['new-session', '-d', ...size, '--', ...rsym, 'tui', path],
    );
  }

  #tmux(...args) {
    const { status, stdout, stderr } = spawnSync('tmux', ['-u', '-S', join(this.#folder, 'socket'), ...args], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C.UTF-8' },
    });
    if (status !== 0) throw new Error(`tmux ${args.join(' ')}: ${stderr}`);
    return stdout;
  }

  get pid() {
    return Number(this.#tmux('display-message', '-p', '#{pane_pid}'));
  }

  get text() {
    return this.#tmux('capture-pane', '-p');
  }

  press(...keys) {
    this.#tmux('send-keys', ...keys);
  }

  type(text) {
    this.#tmux('send-keys', '-l', '--', text);
  }

  async shows(wanted, limit = limitMs) {
    for (const end = Date.now() + limit; !wanted.test(this.text); await sleep(pollMs))
      if (Date.now() > end) throw new Error(`the screen never showed ${wanted}; it shows:\n${this.text}`);
  }

  /** From the list to the calls of the function in one process. */
  async watch(pid) {
    await this.shows(/\d+ functions/);
    this.type(functionName);
    await this.shows(new RegExp(`^› .*${functionName}$`, 'm'));
    this.press('Enter');
    await this.shows(/can be watched, at/);
    this.type(signature);
    this.press('Enter');
    this.type('t');
    await this.shows(/Its calls in:/);
    this.press('Down', 'Down');
    this.type(String(pid));
    this.press('Enter');
    await this.shows(/tracing · /);
  }

  /** As its header says. */
  calls() {
    return Number((/([\d,]+) calls?/.exec(this.text)?.[1] ?? '').replaceAll(',', ''));
  }

  /** Resident memory now, KiB. */
  rssKiB() {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'))?.[1]);
  }

  /** Time on a CPU so far, over all threads, ns. */
  cpuNs() {
    const tasks = `/proc/${this.pid}/task`;
    const spent = (task) => Number(readFileSync(`${tasks}/${task}/schedstat`, 'utf8').split(' ')[0]);
    return readdirSync(tasks).reduce((sum, task) => sum + spent(task), 0);
  }

  /** From a key until the screen shows what it does, ms: with tmux's own time, some milliseconds. */
  async answer(key, wanted) {
    const start = performance.now();
    this.press(key);
    for (const end = start + limitMs; !wanted.test(this.text); )
      if (performance.now() > end) throw new Error(`the screen never showed ${wanted}; it shows:\n${this.text}`);
    return performance.now() - start;
  }

  close() {
    spawnSync('tmux', ['-S', join(this.#folder, 'socket'), 'kill-server']);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
