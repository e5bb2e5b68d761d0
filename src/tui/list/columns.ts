import { hex } from '../../base/units.ts';
import type { Entry } from '../../query/browse.ts';
import { padEnd } from '../../report/terminal-width.ts';
import { shorten, truncate } from '../parts/wrap.ts';

/** How wide each column is, 0: it isn't shown; `source` stands behind the name, the others before it. */
export type Columns = {
  readonly address: number;
  readonly size: number;
  readonly copies: number;
  readonly traceable: number;
  readonly name: number;
  readonly source: number;
};

/** Two signs before each line: where the cursor is, and a mark. */
export const signs = 2;

/** What there is room for. */
export const columnsFor = (columns: number): Columns => {
  const address = columns >= 56 ? 10 : 0;
  const size = columns >= 72 ? 7 : 0;
  const copies = columns >= 80 ? 6 : 0;
  const traceable = columns >= 200 ? 24 : columns >= 104 ? 12 : 0;
  const source = columns >= 200 ? 44 : columns >= 132 ? 28 : 0;
  // Each but the first has a blank before it; the name has two, and so has what stands behind it.
  const shown = [address, size, copies, traceable].filter((width) => width > 0);
  const before = shown.reduce((sum, width) => sum + width + 1, 0) + (shown.length > 0 ? 1 : 0);
  return { address, size, copies, traceable, source, name: columns - signs - before - (source > 0 ? source + 2 : 0) };
};

/** Whether something is shown that must be worked out for each function. */
export const needsDetails = (columns: number): boolean => columnsFor(columns).traceable > 0;

/** The columns before the name, with the blanks behind them. */
export const columnsBefore = (entry: Entry, columns: Columns): string => {
  const parts = [
    ...place(entry, columns),
    ...(columns.copies > 0 ? [rightAligned(entry.copies === null ? '' : String(entry.copies), columns.copies)] : []),
    ...(columns.traceable > 0 ? [fitted(traceableText(entry), columns.traceable)] : []),
  ];
  return parts.length === 0 ? '' : `${parts.join(' ')}  `;
};

/** What is only inlined has neither an address nor a size: the words stand in their place. */
const place = ({ address, size }: Entry, columns: Columns): string[] => {
  if (columns.address === 0) return [];
  if (address === null) return [rightAligned(columns.size > 0 ? 'inlined only' : 'inlined', placeWidth(columns))];
  const shown = rightAligned(hex(address), columns.address);
  return columns.size > 0 ? [shown, rightAligned(String(size ?? 0n), columns.size)] : [shown];
};

/** Of plain letters and digits. */
const rightAligned = (text: string, width: number): string => text.padStart(width);

const placeWidth = ({ address, size }: Columns): number => address + (size > 0 ? size + 1 : 0);

export const sourceText = (entry: Entry, { source }: Columns): string =>
  source === 0 ? '' : fitted(entry.details?.source ?? '', source);

/** The headings over the same columns. */
export const headings = (columns: Columns): string => {
  const before = [
    rightAligned('address', columns.address),
    rightAligned('size', columns.size),
    rightAligned('copies', columns.copies),
    ...(columns.traceable > 0 ? [padEnd('traceable', columns.traceable)] : []),
  ];
  const source = columns.source > 0 ? `  ${padEnd('source', columns.source)}` : '';
  return `${' '.repeat(signs)}${before.join(' ')}  ${padEnd('function', columns.name)}${source}`;
};

/** Of words the begin tells most. Of a file both ends do. */
const traceableText = ({ details }: Entry): string => details?.traceable ?? '';
const fitted = (text: string, width: number): string =>
  padEnd(text.includes('/') ? shorten(text, width) : truncate(text, width), width);
