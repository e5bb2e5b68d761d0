import type { UprobeTarget } from '../uprobe/attach.ts';
import type { Group } from './links.ts';

/**
 * What rsym asks of the keeper, one line of JSON each. Of `attach`, the program is sent beforehand, as a descriptor; of `keep`,
 * `pipes` read ends of the output of a started program (0: it has no reader), which is stopped until `resumed`, and again, on
 * the screen, where rsym is `stopped` by a key. `startTime` is ProcessStat's: the number may be another process's later.
 */
export type Request =
  | ({ readonly do: 'attach'; readonly group: Group } & SentTarget)
  | { readonly do: 'remove'; readonly group: Group }
  | { readonly do: 'keep'; readonly pid: number; readonly startTime: string; readonly pipes: number }
  | { readonly do: 'resumed' }
  | { readonly do: 'stopped' }
  | { readonly do: 'detach' };

/** One line for each request, and one before the first, when the keeper is ready. */
export type Answer = { readonly errno: number | null };

/** Offsets and cookies may be many: their bytes, in base64. */
type SentTarget = Omit<UprobeTarget, 'offsets' | 'cookies'> & { readonly offsets: string; readonly cookies: string };

const toText = ({ buffer, byteOffset, byteLength }: BigUint64Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('base64');

const toNumbers = (text: string): BigUint64Array =>
  new BigUint64Array(new Uint8Array(Buffer.from(text, 'base64')).buffer);

/** What of a link goes into a line: the offsets and cookies as text. */
export const sentTarget = ({ offsets, cookies, ...rest }: UprobeTarget): SentTarget => ({
  ...rest,
  offsets: toText(offsets),
  cookies: toText(cookies),
});

/** The link that {@link sentTarget} has put into a line. Throws where a text isn't of whole numbers. */
export const receivedTarget = ({ path, pid, uretprobe, offsets, cookies }: SentTarget): UprobeTarget => ({
  path,
  pid,
  uretprobe,
  offsets: toNumbers(offsets),
  cookies: toNumbers(cookies),
});

/** Text that comes in pieces, as lines. */
export class Lines {
  /** Of a line that isn't complete: it may be megabytes long. */
  readonly #pieces: string[] = [];

  /** The lines that this piece completes. */
  add(piece: string): string[] {
    const [first = '', ...others] = piece.split('\n');
    this.#pieces.push(first);
    if (others.length === 0) return [];
    const lines = [this.#pieces.splice(0).join(''), ...others];
    this.#pieces.push(lines.pop() ?? '');
    return lines;
  }
}
