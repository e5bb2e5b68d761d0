import { closeSync, openSync, statSync, unlinkSync, writeSync } from 'node:fs';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { RsymError } from '../../base/errors.ts';
import { sanitize } from '../../base/text.ts';
import { noLosses, type TraceEvent } from '../../query/watch.ts';
import { PerfettoText } from '../../report/perfetto.ts';
import { traceJson } from '../../report/trace-json.ts';
import { firstRow, type LogView, rowsFrom } from './log.ts';

type Writer = {
  readonly begin: string;
  readonly add: (event: TraceEvent) => string;
  readonly end: string;
};

const writerFor = (path: string, origin: bigint, notKept: number): Writer => {
  if (/\.perfetto\.json$|\.trace$/.test(path)) {
    const text = new PerfettoText(origin, notKept);
    return { begin: text.begin, add: (event) => text.add(event), end: text.end };
  }
  if (/\.(?:json|ndjson|jsonl)$/.test(path))
    return { begin: lostText(origin, notKept), add: (event) => traceJson(event, isEnd(event) ? notKept : 0), end: '' };
  throw new RsymError('usage', `what is to be written to ${sanitize(path)}?`, {
    reason: 'the end of the name tells',
    hints: ['NAME.ndjson: a line of JSON for each call', 'NAME.perfetto.json: a timeline for ui.perfetto.dev'],
  });
};

const isEnd = ({ event }: TraceEvent): boolean => event === 'end';

/** Ahead of all other lines, as a loss that came before them: the end, which tells of all losses, may not have come yet. */
const lostText = (time: bigint, notKept: number): string =>
  notKept === 0 ? '' : traceJson({ event: 'lost', time, seq: 0, losses: noLosses, functions: [] }, notKept);

/** The file that was meant: `~` is the home folder. */
const fileOf = (typed: string): string =>
  typed === '~' || typed.startsWith('~/') ? `${homedir()}${typed.slice(1)}` : resolve(typed);

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'you may not write there (EACCES)',
  EISDIR: 'it is a directory',
  ENOENT: 'there is no such folder (ENOENT)',
  ENOSPC: 'there is no room (ENOSPC)',
  EROFS: 'the file system is read-only (EROFS)',
  ETXTBSY: 'a running program has this file (ETXTBSY)',
};

const refused = (path: string, error: unknown): RsymError => {
  const { code = '', message = '' } = error as NodeJS.ErrnoException;
  return new RsymError('input', `cannot write ${sanitize(path)}`, {
    reason: reasons[code] ?? (code || message),
    cause: error,
  });
};

export type Export = {
  /** As typed. */
  readonly path: string;
  /** What is there is replaced. */
  readonly replaces: boolean;
  readonly view: LogView;
  /** The traced file, which is never written over. */
  readonly program: string;
};

/**
 * Writes the events of a view to a file, in the format that its name tells, and how many calls are no longer there to be
 * written; gives back after each event. Its result: how many calls were written; null: the file exists, and nothing was.
 *
 * @throws {RsymError} `usage` for a name that tells no format, `input` where it can't be written.
 */
export function* exportEvents({ path, replaces, view, program }: Export): Generator<void, number | null> {
  const start = firstRow(view);
  let origin: bigint | null = null;
  for (const [, event] of rowsFrom(view, start, 1))
    if ('args' in event && (origin === null || event.time < origin)) origin = event.time;
  const writer = writerFor(path, origin ?? 0n, view.forgotten + view.refused);
  const file = fileOf(path);
  if (isSame(file, program))
    throw new RsymError('input', `cannot write ${sanitize(path)}`, { reason: 'it is the program that is traced' });
  const fd = opened(file, path, replaces);
  if (fd === null) return null;
  let calls = 0;
  try {
    writeAll(fd, writer.begin);
    for (const [, event] of rowsFrom(view, start, 1)) {
      writeAll(fd, writer.add(event));
      if (event.event === 'call') calls++;
      yield;
    }
    writeAll(fd, writer.end);
    return calls;
  } catch (error) {
    if (error instanceof RsymError) throw error;
    // Half a file would pass for a whole one.
    if (!replaces) unlinkSync(file);
    throw refused(path, error);
  } finally {
    closeSync(fd);
  }
}

/** Null: it exists, and may not be replaced. */
const opened = (file: string, path: string, replaces: boolean): number | null => {
  try {
    return openSync(file, replaces ? 'w' : 'wx', 0o666);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return null;
    throw refused(path, error);
  }
};

const writeAll = (fd: number, text: string): void => {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
};

const isSame = (a: string, b: string): boolean => {
  const [one, other] = [a, b].map((path) => statSync(path, { throwIfNoEntry: false }));
  return one !== undefined && other !== undefined && one.dev === other.dev && one.ino === other.ino;
};
