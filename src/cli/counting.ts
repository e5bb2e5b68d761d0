import type { Writable } from 'node:stream';
import type { CountTableStyle } from '../report/count-table.ts';
import { truncateEnd } from '../report/terminal-width.ts';
import { fileWriter } from './file-writer.ts';
import { LiveFrame } from './live-frame.ts';
import { paletteFor, write, writeJson } from './output.ts';
import { adviseOn, type ScopeFlags, tell, tellBegin, tellEnded, type Watched } from './watch-options.ts';

export type CountingFlags = ScopeFlags & {
  readonly interval?: number;
  readonly top?: number;
  readonly output?: string;
  readonly json?: true;
};

/** Something that is counted, and how it is shown. */
export type Counting<Reading> = {
  readonly watch: Watched & {
    readonly path: string;
    readonly patterns: readonly string[];
    readonly notes: readonly string[];
    readonly readings: (onAttached: (attached: Attached) => void) => AsyncGenerator<Reading, void, void>;
  };
  /** What is done with calls. */
  readonly doing: 'counting' | 'timing';
  /** Told before it begins, beside the notes. */
  readonly remarks: readonly string[];
  readonly table: (reading: Reading, style: CountTableStyle) => string[];
  readonly summary: (reading: Reading) => string;
  /** What the table doesn't tell, one line each. */
  readonly asides: (reading: Reading) => string[];
  readonly json: (reading: Reading, probes: number, notes: readonly string[]) => object;
  /** Whether no call was counted. */
  readonly isNothing: (reading: Reading) => boolean;
  /** What isn't counted wasn't called. */
  readonly isEveryCall: boolean;
};

type Attached = { readonly probes: number; readonly pid: number | null; readonly notes?: readonly string[] };

type AnyReading = { readonly notes: readonly string[]; readonly isLast: boolean };

const defaultTop = 20;
const defaultInterval = 1;

/** How a count is shown: on a terminal of its own as a table that is drawn again and again. */
export class CountScreen {
  readonly #flags: CountingFlags;
  readonly #frame: LiveFrame | null;

  constructor(flags: CountingFlags, isStarted: boolean) {
    this.#flags = flags;
    this.#frame = liveFrame(flags, isStarted);
  }

  /** Seconds between readings; undefined: only the last is shown. */
  get interval(): number | undefined {
    const { json, interval } = this.#flags;
    return json ? undefined : (interval ?? (this.#frame ? defaultInterval : undefined));
  }

  async run<Reading extends AnyReading>(target: string, counting: Counting<Reading>): Promise<void> {
    const flags = this.#flags;
    const { watch } = counting;
    const file = flags.output === undefined ? null : fileWriter(flags.output, [watch.path]);
    const to = file?.stream ?? process.stdout;
    const notes = [...watch.notes];
    tell([...watch.notes, ...counting.remarks]);
    let planted = 0;
    let told = notes.length;
    const announce = ({ notes: news = [], ...attached }: Attached): void => {
      file?.begin();
      planted = attached.probes;
      tellBegin(counting.doing, watch, flags, attached);
      tell(news);
      told += news.length;
    };
    for await (const reading of watch.readings(announce)) {
      notes.push(...reading.notes);
      if (!this.#frame) {
        tell(notes.slice(told));
        told = notes.length;
      }
      if (!reading.isLast) {
        await (this.#frame ? this.#draw(this.#frame, reading, counting) : this.#print(reading, to, counting));
        continue;
      }
      await this.#frame?.erase();
      if (flags.json) await writeJson(counting.json(reading, planted, notes), to);
      else await write(to, this.#table(reading, to, counting));
      tell([...notes.slice(told), ...counting.asides(reading), counting.summary(reading)]);
      tellEnded(flags);
      if (counting.isEveryCall && counting.isNothing(reading)) adviseOn(target, watch, flags);
    }
  }

  #draw<Reading>(frame: LiveFrame, reading: Reading, counting: Counting<Reading>): Promise<void> {
    const palette = paletteFor(process.stdout);
    const { columns } = frame;
    const aside = counting.asides(reading).slice(-1);
    const rows = Math.max(1, Math.min(this.#flags.top ?? defaultTop, frame.rows - frameLines - aside.length));
    const lines = frame.rows - 1 - aside.length;
    const table = counting.table(reading, { palette, top: rows, columns, lines, isLive: true });
    const cut = (text: string): string => palette.faint(truncateEnd(text, columns));
    return frame.draw([cut(counting.summary(reading)), ...table, ...aside.map(cut)]);
  }

  #table<Reading>(
    reading: Reading,
    to: Writable & { columns?: number },
    counting: Counting<Reading>,
    isLive = false,
  ): string {
    if (counting.isNothing(reading)) return '';
    const top = this.#flags.top ?? defaultTop;
    const table = counting.table(reading, { palette: paletteFor(to), top, columns: to.columns ?? null, isLive });
    return table.map((line) => `${line}\n`).join('');
  }

  /** One table of several. */
  #print<Reading>(reading: Reading, to: Writable, counting: Counting<Reading>): Promise<void> {
    const head = paletteFor(to).faint(counting.summary(reading));
    return write(to, `${head}\n${this.#table(reading, to, counting, true)}\n`);
  }
}

/** Lines of a frame that are no rows: the summary, the heading, sums of others. */
const frameLines = 4;

/**
 * Where the table can be drawn in place: a terminal that nobody else writes to. What a started program prints goes to
 * stderr.
 */
const liveFrame = (flags: CountingFlags, isStarted: boolean): LiveFrame | null => {
  const { stdout, stderr } = process;
  const isOwn = stdout.isTTY && process.env['TERM'] !== 'dumb' && !(isStarted && stderr.isTTY);
  return isOwn && flags.output === undefined && !flags.json ? new LiveFrame(stdout) : null;
};
