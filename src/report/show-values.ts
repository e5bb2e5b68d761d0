import { sanitize } from '../base/text.ts';
import { hex } from '../base/units.ts';
import type { ShownResult, ShownValues } from '../query/show-model.ts';
import { placeText } from './place-text.ts';
import type { Palette } from './terminal-colour.ts';

type Row = { readonly what: string; readonly where: string; readonly evidence: string; readonly note: string | null };

/** Each argument and the result of a copy: what it is, where it is, how sure that is. */
export function* valueLines(values: ShownValues, isInlined: boolean, palette: Palette): Generator<string> {
  const rows = [...values.args.map(argumentRow), resultRow(values.result)];
  const width = Math.min(
    40,
    rows.reduce((most, { what }) => Math.max(most, what.length), 0),
  );
  const placeWidth = Math.min(
    24,
    rows.reduce((most, { where }) => Math.max(most, where.length), 0),
  );
  if (isInlined && values.at !== null && values.args.length > 0)
    yield `values read at ${palette.address(hex(values.at))}`;
  for (const { what, where, evidence, note } of rows) {
    const line = `${what.padEnd(width)}  ${where.padEnd(placeWidth)}  ${evidence}`.trimEnd();
    yield note === null ? line : `${line}  ${palette.faint(`(${sanitize(note)})`)}`;
  }
  for (const assumption of values.assumptions) yield palette.faint(`taken that ${sanitize(assumption)}`);
}

const argumentRow = (arg: ShownValues['args'][number]): Row => ({
  what: sanitize(arg.type === null && arg.isHidden ? (arg.name ?? '_') : `${arg.name ?? '_'}: ${arg.type ?? '?'}`),
  where: placesText(arg.pieces),
  evidence: arg.evidence,
  note: arg.note,
});

const placesText = (pieces: ShownValues['args'][number]['pieces']): string =>
  pieces.length === 0 ? '-' : pieces.map(placeText).join(', ');

const resultRow = (result: ShownResult): Row => {
  const what = `-> ${sanitize(result.type)}`;
  if (result.mode === 'none') return { what, where: '-', evidence: '', note: 'returns nothing' };
  if (result.mode === 'never') return { what, where: '-', evidence: '', note: 'never returns' };
  const { bound } = result;
  const where = placesText(result.pieces);
  const at = bound === null ? null : `the caller's \`${bound.variable}\`, read at ${hex(bound.at)}`;
  const note = [at, result.note].filter((one) => one !== null).join('; ');
  const memory = result.mode === 'sret' ? `${where} of the caller` : where;
  return { what, where: memory, evidence: result.evidence, note: note === '' ? null : note };
};
