import { hex } from '../../base/units.ts';
import type { PageNews } from '../../query/page-model.ts';
import type { CodeLine, SourcedInstruction } from '../../query/source-code.ts';
import { padEnd } from '../../report/terminal-width.ts';
import type { Line } from '../parts/line.ts';
import { truncate } from '../parts/wrap.ts';
import type { DetailState } from './state.ts';

/** The instructions of one copy, as far as they are read. */
export type CodeState = {
  /** Which of the copies on the page. */
  readonly copy: number;
  /** In the order they came; each part is kept as it is. */
  readonly chunks: readonly (readonly SourcedInstruction[])[];
  readonly lines: readonly CodeLine[];
  readonly isWhole: boolean;
  readonly top: number;
};

export const newCode = (copy: number): CodeState => ({ copy, chunks: [], lines: [], isWhole: false, top: 0 });

export const withChunk = (code: CodeState, { chunk, isLast }: Extract<PageNews, { kind: 'code' }>): CodeState => ({
  ...code,
  chunks: chunk.instructions.length === 0 ? code.chunks : [...code.chunks, chunk.instructions],
  lines: chunk.lines.length === 0 ? code.lines : [...code.lines, ...chunk.lines],
  isWhole: isLast,
});

/** Where a source line has a column of its own beside the instructions. */
const leastForTwo = 100;

/** One row: an instruction, with its source line where that is another than before; or that line alone. */
type CodeRow =
  | { readonly kind: 'instruction'; readonly instruction: SourcedInstruction; readonly isNewLine: boolean }
  | { readonly kind: 'line'; readonly line: number }
  | { readonly kind: 'gap' };

type Rows = { readonly isWide: boolean; readonly rows: readonly CodeRow[] };

/** Rows serve all frames until more instructions come. */
const made = new WeakMap<CodeState['chunks'], Rows>();

const rowsOf = ({ chunks }: CodeState, columns: number): readonly CodeRow[] => {
  const isWide = columns >= leastForTwo;
  const known = made.get(chunks);
  if (known?.isWide === isWide) return known.rows;
  const rows: CodeRow[] = [];
  let last: number | null = null;
  for (const instruction of chunks.flat()) {
    if (instruction.isPieceStart) rows.push({ kind: 'gap' });
    const isNewLine = instruction.line !== last;
    if (!isWide && isNewLine && instruction.line !== null) rows.push({ kind: 'line', line: instruction.line });
    rows.push({ kind: 'instruction', instruction, isNewLine });
    last = instruction.line;
  }
  made.set(chunks, { isWide, rows });
  return rows;
};

export const codeRowCount = (code: CodeState, columns: number): number => rowsOf(code, columns).length;

/** The rows on the screen. An arrow to the right is at a probe where calls begin, one to the left where they end. */
export const codeLines = (detail: DetailState, code: CodeState, columns: number, height: number): readonly Line[] => {
  const rows = rowsOf(code, columns).slice(code.top, code.top + height);
  const marks = probedIn(detail, code.copy);
  return rows.map((row): Line => {
    if (row.kind === 'gap') return { label: '', text: '  …', tone: 'faint' };
    if (row.kind === 'line')
      return { label: '', text: truncate(lineText(code.lines[row.line]), columns), tone: 'faint' };
    const { address, text, line } = row.instruction;
    const mark = marks.get(address) ?? ' ';
    const own = `${mark} ${hex(address)}  ${text}`;
    const tone = mark === ' ' ? 'plain' : 'warning';
    if (columns < leastForTwo) return { label: '', text: truncate(own, columns), tone };
    const left = Math.floor((columns - 3) / 2);
    const beside = row.isNewLine && line !== null ? lineText(code.lines[line]) : '';
    return { label: '', text: `${padEnd(truncate(own, left), left)} │ ${truncate(beside, columns - left - 3)}`, tone };
  });
};

const lineText = (line: CodeLine | undefined): string => {
  if (line === undefined) return '';
  const file = line.file.slice(line.file.lastIndexOf('/') + 1);
  return `${file}:${line.line}${line.text === null ? '' : `  ${line.text}`}`;
};

/** As the plan of a trace has it; until that is there, as `show` says. */
const probedIn = ({ functions, costs }: DetailState, index: number): ReadonlyMap<bigint, string> => {
  const marks = new Map<bigint, string>();
  const copy = copiesOf(functions)[index];
  if (copy === undefined) return marks;
  const planned = costs !== null && 'copies' in costs ? costs.copies.find((one) => isOf(one, copy)) : undefined;
  for (const { address } of planned?.exits ?? []) marks.set(address, '←');
  const at = planned?.entry.address ?? (copy.probe.cost === null ? null : copy.probe.address);
  if (at !== null) marks.set(at, '→');
  return marks;
};

type Copy = NonNullable<DetailState['functions']>[number]['copies'][number];

const isOf = (planned: { readonly kind: string; readonly address: bigint }, copy: Copy): boolean =>
  planned.address === copy.address && (planned.kind === 'inlined') === (copy.kind === 'inlined');

/** All copies on the page, in its order. */
export const copiesOf = (functions: DetailState['functions']): readonly Copy[] =>
  (functions ?? []).flatMap(({ copies }) => copies);
