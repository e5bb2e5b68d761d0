import { sanitize } from '../base/text.ts';
import { hex } from '../base/units.ts';
import { positionText, type ShowAnswer, type ShownCopy, type ShownFunction } from '../query/show-model.ts';
import { probeLines } from './show-probe.ts';
import { typeLines } from './show-types.ts';
import { valueLines } from './show-values.ts';
import { defaultColumns, wrapIndented } from './show-wrap.ts';
import type { Palette } from './terminal-colour.ts';

/** What is known of each function, a block of lines for each; prose and values in lines of `columns`. */
export function* showText(answer: ShowAnswer, palette: Palette, columns = defaultColumns): Generator<string> {
  let separator = '';
  for (const fn of answer.functions) {
    yield separator;
    for (const line of functionLines(fn, palette, columns)) yield `${line}\n`;
    separator = '\n';
  }
}

function* functionLines(fn: ShownFunction, palette: Palette, columns: number): Generator<string> {
  yield* headLines(fn, palette, columns);
  for (const copy of copyTexts(fn, palette, columns)) {
    yield* copy.lines;
    yield* instructionLines(copy.copy, palette);
  }
  if (fn.omitted > 0) yield `  … ${fn.omitted} more copies; --all shows them`;
  const layouts = [...layoutLines(fn, palette)];
  if (layouts.length === 0) return;
  yield '';
  yield `  ${palette.heading('types')}`;
  for (const line of layouts) yield `  ${line}`;
}

/** What it was declared as, where, and what may surprise; text is safe on a terminal, long lines aren't cut. */
export function* headLines(fn: ShownFunction, palette: Palette, columns: number): Generator<string> {
  const signature = fn.signature?.text ?? fn.name;
  yield palette.heading(sanitize(signature)) + withGenerics(fn.signature, palette);
  if (fn.source !== null) yield `  declared at ${sanitize(positionText(fn.source))}`;
  yield* noteLines(fn.notes, 2, columns, palette);
}

/** The layouts of the types in its signature; nothing where there are none. */
export function* layoutLines({ types }: ShownFunction, palette: Palette): Generator<string> {
  // What a scalar or a pointer is, its name says.
  const layouts = types.types.filter(({ kind }) => hasLayout.has(kind));
  if (layouts.length === 0) return;
  for (const type of layouts) yield* typeLines(type, palette);
  if (types.cut !== null) yield palette.warning(types.cut);
}

const hasLayout: ReadonlySet<string> = new Set(['struct', 'union', 'enum', 'enumeration', 'typedef']);

const withGenerics = (signature: ShownFunction['signature'], palette: Palette): string => {
  const text = genericsText(signature);
  return text === '' ? '' : ` ${palette.faint(`where ${text}`)}`;
};

const genericsText = (signature: ShownFunction['signature']): string =>
  (signature?.generics ?? [])
    // A pack of C++ has types without a name.
    .filter(({ name }) => name !== '')
    .map(({ name, type }) => `${sanitize(name)} = ${sanitize(type)}`)
    .join(', ');

type CopyText = { readonly copy: ShownCopy; readonly lines: readonly string[] };

/** Each copy: where it is, where its values are, and what a probe would cost. Instructions are left out. */
export function* copyTexts(fn: ShownFunction, palette: Palette, columns: number): Generator<CopyText> {
  const width = widest(fn.copies, ({ address }) => hex(address));
  const sizeWidth = widest(fn.copies, ({ size }) => String(size));
  const shared = sharedNames(fn.copies);
  for (const copy of fn.copies) {
    const address = palette.address(hex(copy.address).padStart(width));
    const head = `  ${address}  ${String(copy.size).padStart(sizeWidth)}  ${kindText(copy, fn, shared, palette)}`;
    const indent = ' '.repeat(width + sizeWidth + 6);
    yield { copy, lines: [head, ...copyLines(copy, fn, indent, palette, columns)] };
  }
}

function* copyLines(
  copy: ShownCopy,
  fn: ShownFunction,
  indent: string,
  palette: Palette,
  columns: number,
): Generator<string> {
  for (const outer of callerTexts(copy, palette).slice(1)) yield `${indent}itself inlined${outer}`;
  if (fn.signature === null && copy.signature !== null)
    yield `${indent}${sanitize(copy.signature.text)}${withGenerics(copy.signature, palette)}`;
  if (copy.values !== null)
    for (const line of valueLines(copy.values, columns - indent.length, palette)) yield indent + line;
  for (const line of probeLines(copy)) yield* wrapIndented(line, indent.length, columns);
  yield* noteLines(copy.notes, indent.length, columns, palette);
}

function* noteLines(notes: readonly string[], indent: number, columns: number, palette: Palette): Generator<string> {
  for (const note of notes) for (const line of wrapIndented(note, indent, columns)) yield palette.warning(line);
}

/** A function may have more copies than a call takes arguments. */
const widest = (copies: readonly ShownCopy[], textOf: (copy: ShownCopy) => string): number =>
  copies.reduce((width, copy) => Math.max(width, textOf(copy).length), 0);

/** Names that several instances have: the legacy mangling leaves generic arguments out. */
const sharedNames = (copies: readonly ShownCopy[]): ReadonlySet<string> => {
  const paths = new Map<string, string | null>();
  const shared = new Set<string>();
  for (const { kind, name, dwarfPath } of copies) {
    if (kind !== 'instance') continue;
    if (paths.has(name) && paths.get(name) !== dwarfPath) shared.add(name);
    paths.set(name, dwarfPath);
  }
  return shared;
};

const kindText = (copy: ShownCopy, fn: ShownFunction, shared: ReadonlySet<string>, palette: Palette): string => {
  const pieces = copy.ranges.length > 1 ? `, in ${copy.ranges.length} pieces` : '';
  if (copy.kind !== 'inlined') {
    const isTold =
      (copy.signature !== null && !(copy.kind === 'instance' && shared.has(copy.name))) ||
      (copy.kind === 'symbol' && copy.name === fn.name);
    const name = copy.kind === 'instance' ? (copy.dwarfPath ?? copy.name) : copy.name;
    return `${copy.kind}${isTold ? '' : ` ${palette.name(sanitize(name))}`}${pieces}`;
  }
  const [innermost = ''] = callerTexts(copy, palette);
  return `inlined${innermost}${pieces}`;
};

/** What an inlined copy is inlined into, then what that is inlined into, and so on. */
const callerTexts = ({ callers, callSite }: ShownCopy, palette: Palette): string[] =>
  callers.map(({ name }, depth) => {
    const site = depth === 0 ? callSite : (callers[depth - 1]?.callSite ?? null);
    return ` into ${palette.name(sanitize(name))}${site === null ? '' : ` at ${sanitize(positionText(site))}`}`;
  });

const bytesWidth = 10 * 3;

/** An arrow is at the instruction to probe. */
function* instructionLines({ instructions, ranges, probe }: ShownCopy, palette: Palette): Generator<string> {
  if (instructions === null) return;
  const starts = new Set<bigint>(ranges.slice(1).map(({ start }) => start));
  for (const { address, bytes, text } of instructions) {
    if (starts.has(address)) yield '    …';
    const digits = Buffer.from(bytes)
      .toString('hex')
      .replace(/..(?!$)/g, '$& ');
    const mark = probe.cost !== null && probe.address === address ? '  → ' : '    ';
    yield `${mark}${palette.address(hex(address))}  ${palette.faint(digits.padEnd(bytesWidth - 1))}  ${text}`;
  }
}
