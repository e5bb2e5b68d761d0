/**
 * Texts of values as `Debug` writes them, taken apart so that two can be compared piece by piece. In rsym's a piece may be
 * marked as not read: `<gone>`, `<unreadable 0x…>`, `"beginning"…`, `[1, 2, …]`.
 *
 *   Some(Point { x: 1, y: <gone> })   raw `Some`, group ( of one item: raw `Point`, group { of two items with keys
 */
type Part =
  | { readonly kind: 'raw'; readonly text: string }
  /** `text` is what stands between the quotes, escapes and all. */
  | { readonly kind: 'string'; readonly text: string; readonly quote: string; readonly isCut: boolean }
  | { readonly kind: 'mark'; readonly why: string }
  | { readonly kind: 'group'; readonly open: string; readonly items: readonly Item[] };

type Item = { readonly key: Form | null; readonly value: Form };
type Form = readonly Part[];

/** `part`: what is shown agrees, `lacks` says why something isn't. */
export type Comparison =
  | { readonly kind: 'equal' }
  | { readonly kind: 'part'; readonly lacks: readonly string[] }
  | { readonly kind: 'different'; readonly at: string };

const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
const mark = /^<(gone|unreadable|truncated|redacted|depth|conflict|unknown)\b[^>]*>/;
const quoted = /^(b?)"((?:[^"\\]|\\.)*)"|^'((?:[^'\\]|\\.)[^']*)'/su;
// What follows a text or a list that was cut: `… (300 bytes)`, `… 92 more`.
const cut = /^\s*…(?:\s*\([^)]*\)|\s*\d+ \w+)?/;

class Reader {
  #at = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  get #rest(): string {
    return this.#text.slice(this.#at);
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  #take(pattern: RegExp): RegExpExecArray | null {
    const found = pattern.exec(this.#rest);
    if (found !== null) this.#at += found[0].length;
    return found;
  }

  #string(found: RegExpExecArray): Part {
    const isCut = this.#take(cut) !== null;
    return found[3] === undefined
      ? { kind: 'string', text: found[2] ?? '', quote: `${found[1]}"`, isCut }
      : { kind: 'string', text: found[3], quote: "'", isCut };
  }

  /** Up to a comma, a closing bracket, or the colon behind a key. */
  form(): Form {
    const parts: Part[] = [];
    let raw = '';
    const flush = (): void => {
      if (raw.trim() !== '') parts.push({ kind: 'raw', text: raw.trim() });
      raw = '';
    };
    while (!this.isAtEnd && !/^(?:,|[)\]}]|: )/.test(this.#rest)) {
      const marked = this.#take(mark);
      if (marked !== null) {
        flush();
        parts.push({ kind: 'mark', why: marked[1]! });
        continue;
      }
      const string = this.#take(quoted);
      if (string !== null) {
        flush();
        parts.push(this.#string(string));
        continue;
      }
      if (this.#take(cut) !== null) {
        flush();
        parts.push({ kind: 'mark', why: 'truncated' });
        continue;
      }
      const char = this.#rest[0] ?? '';
      this.#at += 1;
      if (char in closing) {
        flush();
        parts.push(this.#group(char));
      } else raw += char;
    }
    flush();
    return parts;
  }

  #group(open: string): Part {
    const items: Item[] = [];
    while (!this.isAtEnd && this.#rest[0] !== closing[open]) {
      const before = this.#at;
      const first = this.form();
      if (this.#take(/^: /) === null) items.push({ key: null, value: first });
      else items.push({ key: first, value: this.form() });
      this.#take(/^,\s*/);
      this.#take(/^\s+(?=[)\]}])/);
      // Not a value's text: a bracket that doesn't close this group.
      if (this.#at === before) this.#at += 1;
    }
    this.#at += 1;
    return { kind: 'group', open, items: items.filter(({ key, value }) => key !== null || value.length > 0) };
  }

  whole(): Form {
    const form = [...this.form()];
    if (!this.isAtEnd) form.push({ kind: 'raw', text: this.#rest });
    return form;
  }
}

const equal: Comparison = { kind: 'equal' };
const lacking = (...lacks: string[]): Comparison => ({ kind: 'part', lacks });
const different = (at: string): Comparison => ({ kind: 'different', at });

const join = (all: readonly Comparison[]): Comparison => {
  const wrong = all.find(({ kind }) => kind === 'different');
  if (wrong !== undefined) return wrong;
  const lacks = all.flatMap((one) => (one.kind === 'part' ? one.lacks : []));
  return lacks.length === 0 ? equal : { kind: 'part', lacks: [...new Set(lacks)] };
};

const brief = (form: Form): string =>
  form
    .map((part) =>
      part.kind === 'group' ? `${part.open}…${closing[part.open]}` : part.kind === 'mark' ? `<${part.why}>` : part.text,
    )
    .join(' ');

const isCutItem = ({ key, value }: Item): boolean =>
  key === null && value.length > 0 && value[0]!.kind === 'mark' && value[0]!.why === 'truncated';

const comparePart = (want: Part, got: Part, hasOrder: boolean, isMap = false): Comparison => {
  if (got.kind === 'mark') return lacking(got.why);
  if (want.kind === 'raw' && got.kind === 'raw')
    return want.text === got.text ? equal : different(`${want.text} ≠ ${got.text}`);
  if (want.kind === 'string' && got.kind === 'string') {
    const isSame = want.quote === got.quote && (got.isCut ? want.text.startsWith(got.text) : want.text === got.text);
    if (!isSame) return different(`${want.quote}${want.text} ≠ ${got.quote}${got.text}`);
    return got.isCut ? lacking('truncated') : equal;
  }
  if (want.kind === 'group' && got.kind === 'group' && want.open === got.open)
    return compareItems(want.items, got.items, hasOrder, isMap);
  return different(`${brief([want])} ≠ ${brief([got])}`);
};

const compareItem = (want: Item, got: Item, hasOrder: boolean): Comparison => {
  if (want.key === null || got.key === null)
    return want.key === got.key
      ? compareForms(want.value, got.value, hasOrder)
      : different(`${brief(want.value)} ≠ ${brief(got.value)}`);
  return join([compareForms(want.key, got.key, hasOrder), compareForms(want.value, got.value, hasOrder)]);
};

/** Each of `got` against another of `want`; those that agree wholly are paired first. */
const compareUnordered = (want: readonly Item[], got: readonly Item[]): Comparison[] => {
  const left = [...want];
  const take = (item: Item, kind: Comparison['kind']): Comparison | null => {
    for (const [i, candidate] of left.entries()) {
      const comparison = compareItem(candidate, item, false);
      if (comparison.kind !== kind) continue;
      left.splice(i, 1);
      return comparison;
    }
    return null;
  };
  const rest = got.filter((item) => take(item, 'equal') === null);
  return rest.map((item) => take(item, 'part') ?? different(`no such element: ${brief(item.key ?? item.value)}`));
};

/** What stands for elements that weren't looked at: `[3 at 0x…]`. */
const unreadCount = (items: readonly Item[]): number | null => {
  const part = items.length === 1 && items[0]!.key === null ? items[0]!.value[0] : undefined;
  const found = part?.kind === 'raw' ? /^(\d+) at 0x[0-9a-f]+$/.exec(part.text) : null;
  return found === null ? null : Number(found[1]);
};

const compareItems = (want: readonly Item[], got: readonly Item[], hasOrder: boolean, isMap: boolean): Comparison => {
  if (unreadCount(got) === want.length) return lacking('depth');
  const cutAt = got.findIndex(isCutItem);
  const shown = got.filter((item) => !isCutItem(item));
  if (cutAt < 0 ? shown.length !== want.length : shown.length > want.length)
    return different(`${want.length} elements ≠ ${shown.length}`);
  const lost = cutAt < 0 ? [] : [lacking('truncated')];
  if (isMap && !hasOrder) return join([...compareUnordered(want, shown), ...lost]);
  const behind = cutAt < 0 ? 0 : shown.length - cutAt;
  const opposite = [...want.slice(0, shown.length - behind), ...want.slice(want.length - behind)];
  return join([...shown.map((item, i) => compareItem(opposite[i]!, item, hasOrder)), ...lost]);
};

const compareForms = (want: Form, got: Form, hasOrder: boolean): Comparison => {
  const marked = got.findIndex(({ kind }) => kind === 'mark');
  // A mark may stand for any number of parts: what is before it must agree.
  const parts = marked < 0 ? got : got.slice(0, marked);
  if (marked < 0 ? want.length !== got.length : want.length < marked)
    return different(`${brief(want)} ≠ ${brief(got)}`);
  const compared = parts.map((part, i) => {
    const other = want[i]!;
    if (marked >= 0 && part.kind === 'raw' && other.kind === 'raw' && other.text.startsWith(part.text)) return equal;
    // A map or a set: braces without a name before them.
    const isMap = part.kind === 'group' && part.open === '{' && got[i - 1]?.kind !== 'raw';
    return comparePart(other, part, hasOrder, isMap);
  });
  const last = got[marked];
  return join([...compared, ...(last?.kind === 'mark' ? [lacking(last.why)] : [])]);
};

/** Compares the text that must be shown with the shown one; `hasOrder`: elements of maps and sets come in one order only. */
export const compareTexts = (want: string, got: string, hasOrder: boolean): Comparison =>
  want === got ? equal : compareForms(new Reader(want).whole(), new Reader(got).whole(), hasOrder);
