import { sanitize } from '../base/text.ts';
import { hex } from '../base/units.ts';
import type { ShownResult, ShownValues } from '../query/show-model.ts';
import { placeText } from './place-text.ts';
import { wrapIndented } from './show-wrap.ts';
import type { Palette } from './terminal-colour.ts';
import { displayWidth, padEnd } from './terminal-width.ts';

type Row = { readonly what: string; readonly where: string; readonly evidence: string; readonly note: string | null };

/** Share of the line that names and types may take: what is longer has a line of its own, so that places stay in sight. */
const mostName = 0.4;
const mostPlace = 0.3;

/** Each argument and the result of a copy, in lines of `columns`: what it is, where it is, how sure that is. */
export function* valueLines(values: ShownValues, columns: number, palette: Palette): Generator<string> {
  const rows = [...values.args.map(argumentRow), resultRow(values.result)];
  const width = widest(rows, ({ what }) => what, Math.floor(columns * mostName));
  const place = widest(rows, ({ where }) => where, Math.floor(columns * mostPlace));
  for (const row of rows) yield* rowLines(row, width, place, columns, palette);
  for (const assumption of values.assumptions)
    for (const line of wrapIndented(`taken that ${sanitize(assumption)}`, 0, columns)) yield palette.faint(line);
}

/** The widest of those that fit. */
const widest = (rows: readonly Row[], textOf: (row: Row) => string, most: number): number =>
  rows.reduce((width, row) => {
    const own = displayWidth(textOf(row));
    return own > most ? width : Math.max(width, own);
  }, 1);

function* rowLines(row: Row, width: number, place: number, columns: number, palette: Palette): Generator<string> {
  const { what, where, evidence, note } = row;
  const isLong = displayWidth(what) > width;
  if (isLong) yield what;
  const facts = `${isLong ? ' '.repeat(width) : padEnd(what, width)}  ${padEnd(where, place)}  ${evidence}`.trimEnd();
  const text = note === null ? '' : `(${sanitize(note)})`;
  const isRoom = displayWidth(facts) + 2 + displayWidth(text) <= columns;
  yield note !== null && isRoom ? `${facts}  ${palette.faint(text)}` : facts;
  if (note === null || isRoom) return;
  for (const line of wrapIndented(text, Math.min(width + 2, 4), columns)) yield palette.faint(line);
}

const argumentRow = (arg: ShownValues['args'][number]): Row => ({
  what: sanitize(arg.type === null && arg.isHidden ? (arg.name ?? '_') : `${arg.name ?? '_'}: ${arg.type ?? '?'}`),
  where: placesText(arg.pieces),
  evidence: arg.evidence,
  // The word `always` says it.
  note: arg.pieces.length > 0 && arg.pieces.every(({ location }) => location.kind === 'constant') ? null : arg.note,
});

const placesText = (pieces: ShownValues['args'][number]['pieces']): string =>
  pieces.length === 0 ? '-' : pieces.map(placeText).join(', ');

const resultRow = (result: ShownResult): Row => {
  const what = `-> ${sanitize(result.type)}`;
  if (result.mode === 'none') return { what, where: '-', evidence: '', note: 'returns nothing' };
  if (result.mode === 'never') return { what, where: '-', evidence: '', note: 'never returns' };
  const { bound } = result;
  const at = bound === null ? null : `the caller's \`${bound.variable}\`, read at ${hex(bound.at)}`;
  const note = [at, result.note].filter((one) => one !== null).join('; ');
  const where = placesText(result.pieces);
  return { what, where, evidence: result.evidence, note: note === '' ? null : note };
};
