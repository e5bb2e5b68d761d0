import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from './process.ts';

type TerminalOptions = {
  /** Columns and rows. */
  readonly width?: number;
  readonly height?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
};

export type Screen = {
  /** Rows as shown, without trailing blanks. */
  readonly text: string;
  readonly alternate: boolean;
  readonly cursorVisible: boolean;
  readonly cursor: { readonly column: number; readonly row: number };
};

/**
 * Runs the command in the foreground and writes its pid and its end into files of a folder. It outlives the command,
 * so the terminal stays as that left it (tmux itself resets a dead pane, and may lose its status).
 */
const supervisor = `
  const { spawn } = require('node:child_process');
  const { renameSync, writeFileSync } = require('node:fs');
  const [folder, program, ...args] = process.argv.slice(1);
  const tell = (name, what) => {
    writeFileSync(folder + '/new', JSON.stringify(what));
    renameSync(folder + '/new', folder + '/' + name);
  };
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGTSTP']) process.on(signal, () => {});
  const child = spawn(program, args, { stdio: 'inherit' });
  child.on('error', (error) => tell('end', { error: error.message }));
  child.on('spawn', () => tell('pid', child.pid));
  child.on('exit', (status, signal) => tell('end', { status, signal }));
  setInterval(() => {}, 1 << 30);
`;

/** A program in a real terminal: tmux on a socket of its own, with no settings. Ask `need('tmux')` first. */
export class Terminal implements AsyncDisposable {
  readonly #folder: string;

  constructor(command: readonly string[], { width = 100, height = 30, env = {}, cwd }: TerminalOptions = {}) {
    this.#folder = mkdtempSync(join(tmpdir(), 'rsym-terminal-'));
    const variables = Object.entries({ ...env }).map(([name, value]) => `${name}=${value}`);
    this.#tmux(
      ...['-f', '/dev/null', 'start-server', ';', 'set', '-g', 'status', 'off', ';'],
      ...['set', '-g', 'default-terminal', 'tmux-256color', ';', 'set', '-sg', 'escape-time', '0', ';'],
      ...['new-session', '-d', '-x', String(width), '-y', String(height), ...(cwd === undefined ? [] : ['-c', cwd])],
      ...['--', 'env', ...variables, process.execPath, '-e', supervisor, this.#folder, ...command],
    );
  }

  /** Names as tmux has them: Enter, Escape, Up, C-c, F1. */
  press(...keys: readonly string[]): void {
    this.#tmux('send-keys', ...keys);
  }

  /** Types text letter by letter, whatever it says. */
  type(text: string): void {
    // tmux takes a last ";" for the end of its own command.
    this.#tmux('send-keys', '-l', '--', text.replace(/;$/, '\\;'));
  }

  /** Pastes a text, in brackets where the program asked for them. */
  paste(text: string): void {
    this.#tmux('set-buffer', '--', text, ';', 'paste-buffer', '-p', '-r');
  }

  /** From now on all that the program writes goes to a file, too, as it is. */
  record(path: string): void {
    this.#tmux('pipe-pane', `cat >'${path}'`);
  }

  resize(width: number, height: number): void {
    this.#tmux('resize-window', '-x', String(width), '-y', String(height));
  }

  screen(): Screen {
    // In one request, or the text could be newer than the flags.
    const format = '#{alternate_on} #{cursor_flag} #{cursor_x} #{cursor_y}';
    const [flags = '', ...rows] = this.#tmux('display-message', '-p', format, ';', 'capture-pane', '-p').split('\n');
    const [alternate, visible, column, row] = flags.split(' ');
    return {
      text: rows.join('\n').replace(/[ \n]+$/, ''),
      alternate: alternate === '1',
      cursorVisible: visible === '1',
      cursor: { column: Number(column), row: Number(row) },
    };
  }

  /** The screen with its colours and attributes, as escape sequences. */
  styledScreen(): string {
    return this.#tmux('capture-pane', '-p', '-e');
  }

  /** Waits until the screen shows something; the failure text has the screen. */
  async waitFor(wanted: string | RegExp | ((screen: Screen) => boolean), timeout = 20_000): Promise<Screen> {
    const fits = (screen: Screen): boolean => {
      if (typeof wanted === 'function') return wanted(screen);
      return typeof wanted === 'string' ? screen.text.includes(wanted) : wanted.test(screen.text);
    };
    for (const end = Date.now() + timeout; ; await sleep(25)) {
      const screen = this.screen();
      if (fits(screen)) return screen;
      if (Date.now() > end) throw new Error(`the terminal never showed ${wanted}; it shows:\n${screen.text}`);
    }
  }

  /** The program's process id, as soon as it is started. */
  pid(): Promise<number> {
    return this.#told<number>('pid', 'start');
  }

  /** Waits for the program's end. The terminal stays as the program left it, for `screen` and `modes`. */
  async waitForExit(timeout?: number): Promise<{ status: number | null; signal: NodeJS.Signals | null }> {
    return this.#told('end', 'end', timeout);
  }

  /** The line settings as `stty -g` gives them: equal before and after where a program restores them. */
  modes(): string {
    const { status, stdout, stderr } = run('stty', ['-F', this.ask('#{pane_tty}'), '-g']);
    if (status !== 0) throw new Error(`stty: ${stderr}`);
    return stdout.trim();
  }

  /** Ends the terminal, and with it the program. */
  async [Symbol.asyncDispose](): Promise<void> {
    run('tmux', ['-S', join(this.#folder, 'socket'), 'kill-server']);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #told<T>(name: string, what: string, timeout = 20_000): Promise<T> {
    const path = join(this.#folder, name);
    for (const end = Date.now() + timeout; ; await sleep(25)) {
      if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8'));
      if (Date.now() > end)
        throw new Error(`the program in the terminal didn't ${what}; it shows:\n${this.screen().text}`);
    }
  }

  /** What tmux knows of the terminal: `ask('#{mouse_any_flag}')`. */
  ask(format: string): string {
    return this.#tmux('display-message', '-p', format).trimEnd();
  }

  #tmux(...args: readonly string[]): string {
    const { status, stdout, stderr } = run('tmux', ['-u', '-S', join(this.#folder, 'socket'), ...args], {
      env: { LC_ALL: 'C.UTF-8' },
    });
    if (status !== 0) throw new Error(`tmux ${args.join(' ')}: ${stderr}`);
    return stdout;
  }
}
