import { eventAt, firstRow, type LogView, rowCount } from './log.ts';
import { rowText } from './row-text.ts';
import type { Seen } from './state.ts';

type Question = {
  readonly text: string;
  readonly view: LogView;
  readonly start: number;
  readonly by: 1 | -1;
  readonly seen: Seen;
};

/**
 * The first row from `start` on whose line has the text, in either case, going around at the ends; null: none has. Gives
 * back after each row.
 */
export function* findRow({ text, view, start, by, seen }: Question): Generator<void, number | null> {
  const wanted = text.toLowerCase();
  const first = firstRow(view);
  const count = rowCount(view);
  for (let i = 0; i < count; i++) {
    const at = first + ((((start - first + i * by) % count) + count) % count);
    const event = eventAt(view, at);
    if (event !== undefined && rowText(event, seen).toLowerCase().includes(wanted)) return at;
    yield;
  }
  return null;
}
