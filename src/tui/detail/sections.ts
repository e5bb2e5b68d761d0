import { RsymError } from '../../base/errors.ts';
import { hex } from '../../base/units.ts';
import { copyWords, type ProbeCosts } from '../../query/probe-costs.ts';
import type { SourceExcerpt } from '../../query/source-excerpt.ts';
import { copyTexts, headLines, layoutLines } from '../../report/show-text.ts';
import { makePalette } from '../../report/terminal-colour.ts';
import { keyFor } from '../keys.ts';
import { errorLines } from '../parts/error-lines.ts';
import { labelledLines } from '../parts/labelled.ts';
import type { Line } from '../parts/line.ts';
import { wrapPainted } from '../parts/painted.ts';
import { truncate, wrapProse } from '../parts/wrap.ts';
import type { DetailState } from './state.ts';
import { symbolLines } from './symbol.ts';

/** A part of the page, that a key leads to. */
export type Section = { readonly title: string; readonly lines: readonly Line[] };

const palette = makePalette(true);
/** A signature or a name can be as long as a book. */
const mostRows = 8;

/** The page of a function in its parts, fitted to the width. */
export const sectionsOf = (detail: DetailState, columns: number): readonly Section[] => [
  { title: 'signature', lines: signatureLines(detail, columns) },
  { title: 'copies', lines: copyLines(detail, columns) },
  { title: 'cost of a trace', lines: costLines(detail, columns) },
  { title: 'types', lines: typeLines(detail, columns) },
  { title: 'symbol', lines: symbolLines(detail.facts, columns) },
];

const waiting: readonly Line[] = [{ label: '', text: 'reading…', tone: 'faint' }];

const painted = (text: string, columns: number): Line[] =>
  wrapPainted(text, columns, mostRows).map((piece) => ({ label: '', text: piece, tone: 'painted' }));

const said = (text: string, columns: number, tone: Line['tone'], before = ''): Line[] =>
  wrapProse(text, columns, mostRows).map((piece) => ({ label: '', text: before + piece, tone }));

const signatureLines = ({ functions, sources, notes, trouble }: DetailState, columns: number): readonly Line[] => {
  if (trouble !== null) return errorLines(trouble, columns);
  if (functions === null) return waiting;
  const told = new Set<string>();
  return [
    ...functions.flatMap((fn, i) => [
      ...[...headLines(fn, palette, columns)].flatMap((line) => painted(line, columns)),
      ...excerptLines(sources?.declared[i] ?? null, columns, 2, told),
    ]),
    ...notes.flatMap((note) => said(note, columns, 'faint')),
  ];
};

const copyLines = ({ functions, sources, trouble }: DetailState, columns: number): readonly Line[] => {
  if (functions === null) return trouble === null ? waiting : [];
  let index = 0;
  const told = new Set((sources?.declared ?? []).map((one) => `${one?.file}\0${one?.note}`));
  return functions.flatMap((fn) => [
    ...(functions.length === 1 ? [] : painted(palette.heading(fn.name), columns)),
    ...[...copyTexts(fn, palette, columns)].flatMap(({ lines }) => {
      const call = excerptLines(sources?.called[index++] ?? null, columns, 6, told);
      const shown = lines.map((line) => painted(line, columns));
      return [...(shown[0] ?? []), ...call, ...shown.slice(1).flat()];
    }),
    ...(fn.omitted > 0 ? said(`… ${fn.omitted} more copies`, columns, 'faint', '  ') : []),
  ]);
};

/** What is to be known of a file is said once: `told` has what was. */
const excerptLines = (excerpt: SourceExcerpt | null, columns: number, indent: number, told: Set<string>): Line[] => {
  if (excerpt === null) return [];
  const blank = ' '.repeat(indent);
  const { note, path, lines, from, line } = excerpt;
  const digits = String(from + lines.length).length;
  const about = note === null ? '' : path === null ? `${excerpt.file}: ${note}` : note;
  const isNew = about !== '' && !told.has(`${excerpt.file}\0${note}`);
  told.add(`${excerpt.file}\0${note}`);
  return [
    ...lines.map((text, i): Line => {
      const number = from + i;
      const shown = `${blank}${number === line ? '›' : ' '} ${String(number).padStart(digits)} │ ${text}`;
      return { label: '', text: truncate(shown, columns), tone: number === line ? 'plain' : 'faint' };
    }),
    ...(isNew ? said(about, columns - indent, 'faint', blank) : []),
  ];
};

const costLines = ({ costs, trouble }: DetailState, columns: number): readonly Line[] => {
  if (costs === null) return trouble === null ? labelledLines('returns', 'looking at its code…', columns, 'faint') : [];
  if (costs instanceof RsymError) {
    const reason = costs.reason ?? costs.message;
    return labelledLines('returns', `can't be watched: ${reason.split('\n', 1)[0]}`, columns, 'warning');
  }
  return [
    ...returnsLines(costs, columns),
    ...labelledLines('probes', sumText(costs), columns),
    ...costs.copies.flatMap((copy, i) => labelledLines(i === 0 ? 'each copy' : '', copyCost(copy), columns)),
    ...costs.notes.flatMap((note, i) => labelledLines(i === 0 ? 'notes' : '', note, columns, 'warning')),
  ];
};

const returnsLines = ({ returns, copies }: ProbeCosts, columns: number): Line[] => {
  const exits = copies.reduce((sum, copy) => sum + copy.exits.length, 0);
  const reason = copies.find((copy) => copy.reason !== null)?.reason ?? 'unknown';
  const text =
    returns === 'off'
      ? 'off: no return value and no duration is seen'
      : returns === 'fast'
        ? 'fast, by uretprobe'
        : exits > 0
          ? `can be watched, at ${exits === 1 ? 'one exit' : `${exits} exits`}`
          : `can't be watched: ${reason}`;
  return labelledLines(
    'returns',
    `${text} (${keyFor('returns')} changes it)`,
    columns,
    exits > 0 && returns === 'safe' ? 'plain' : 'warning',
  );
};

/** `8 probes: 5 emulated, 3 stepped`. */
export const sumText = ({ emulated, stepped, uretprobes, landings }: ProbeCosts): string => {
  const count = emulated + stepped + uretprobes;
  const parts = [
    ...(emulated > 0 ? [`${emulated} emulated`] : []),
    ...(stepped > 0 ? [`${stepped} stepped (a second trap each hit)`] : []),
    ...(uretprobes > 0 ? [`${uretprobes} by uretprobe`] : []),
  ];
  const unwinders = landings === 0 ? '' : `; and ${landings} where unwinders land, hit by panics and exceptions alone`;
  return `${count} ${count === 1 ? 'probe' : 'probes'}: ${parts.join(', ')}${unwinders}`;
};

const copyCost = (copy: ProbeCosts['copies'][number]): string => {
  const { entry, exits, returns, reason } = copy;
  const stepped = exits.filter(({ cost }) => cost === 'stepped').length;
  const kinds =
    stepped === exits.length ? 'stepped' : stepped === 0 ? 'emulated' : `${stepped} of them stepped, others emulated`;
  const ends =
    returns === 'uretprobe'
      ? '; a uretprobe'
      : returns === 'none'
        ? `; no exit: ${reason}`
        : `; ${exits.length === 1 ? 'one exit' : `${exits.length} exits`}, ${kinds}`;
  const loop = copy.loopsToEntry ? '; it jumps back there: hits of one call are told apart' : '';
  const at = entry.address === copy.address ? 'entry' : `entry at ${hex(entry.address)}`;
  return `${copyWords(copy)}: ${at} ${entry.cost} (${entry.instruction})${ends}${loop}`;
};

const typeLines = ({ functions, trouble }: DetailState, columns: number): readonly Line[] => {
  if (functions === null) return trouble === null ? waiting : [];
  const lines = functions.flatMap((fn) => [...layoutLines(fn, palette)]);
  return lines.length === 0
    ? [{ label: '', text: 'none with a layout', tone: 'faint' }]
    : lines.flatMap((line) => painted(line, columns));
};
