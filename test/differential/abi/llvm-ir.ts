/** A parameter or result of a function in LLVM IR. */
export type IrValue = {
  /** A first-class type with every pointer as `ptr`: `i64`, `{ ptr, i64 }`, `[2 x i64]`. */
  readonly type: string;
  /** Without `%`; numbers are what LLVM calls unnamed values. */
  readonly name: string;
  readonly sret: boolean;
  readonly byval: boolean;
  readonly align: number;
};

export type IrFunction = {
  readonly symbol: string;
  readonly convention: string;
  readonly result: string;
  readonly params: readonly IrValue[];
};
export type IrModule = {
  readonly functions: ReadonlyMap<string, IrFunction>;
  readonly aliases: ReadonlyMap<string, string>;
};

const opening = '([{<';
const closing = ')]}>';

/** Index just past the bracket that closes the one at `start`; quoted names count as one piece. */
const pastClosing = (text: string, start: number): number => {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const char = text[at]!;
    if (char === '"') at = text.indexOf('"', at + 1);
    else if (opening.includes(char)) depth += 1;
    else if (closing.includes(char) && --depth === 0) return at + 1;
  }
  throw new Error(`no closing bracket: ${text.slice(start, start + 80)}`);
};

/** Parts between commas that aren't inside brackets or quotes. */
export const atCommas = (text: string): string[] => {
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at]!;
    if (char === '"') at = text.indexOf('"', at + 1);
    else if (opening.includes(char)) at = pastClosing(text, at) - 1;
    else if (char === ',') {
      parts.push(text.slice(from, at).trim());
      from = at + 1;
    }
  }
  const last = text.slice(from).trim();
  return last === '' ? parts : [...parts, last];
};

/** The type that `text` begins with, and the rest. Typed pointers (LLVM before 15) become `ptr`. */
const leadingType = (text: string): [type: string, rest: string] => {
  let end: number;
  if (opening.includes(text[0]!)) end = pastClosing(text, 0);
  else if (text.startsWith('%"')) end = text.indexOf('"', 2) + 1;
  else end = /^[%\w.]+/.exec(text)?.[0].length ?? 0;
  if (end === 0) throw new Error(`no type: ${text.slice(0, 80)}`);
  let type = text.slice(0, end);
  let rest = text.slice(end);
  while (/^(\*|\s*\()/.test(rest)) {
    // `void (i32)*`: a pointer to a function.
    const past = rest.startsWith('*') ? 1 : pastClosing(rest, rest.indexOf('('));
    type = 'ptr';
    rest = rest.slice(past);
  }
  if (type.startsWith('{'))
    type = `{ ${atCommas(type.slice(1, -1))
      .map((field) => leadingType(field)[0])
      .join(', ')} }`;
  const array = /^\[(\d+) x (.*)\]$/.exec(type);
  if (array) type = `[${array[1]} x ${leadingType(array[2]!)[0]}]`;
  return [type, rest.trim()];
};

const value = (text: string): IrValue => {
  const [type, rest] = leadingType(text);
  const name = /%("[^"]*"|[\w.$-]+)$/.exec(rest)?.[1] ?? '';
  const align = Number(/\balign (\d+)/.exec(rest)?.[1] ?? 1);
  const has = (attribute: string): boolean => new RegExp(`(^|\\s)${attribute}\\b`).test(rest);
  return { type, name: name.replaceAll('"', ''), sret: has('sret'), byval: has('byval'), align };
};

const linkageWords =
  /^(?:(?:dso_local|internal|private|hidden|protected|external|weak|weak_odr|linkonce|linkonce_odr|available_externally|local_unnamed_addr|unnamed_addr|noundef|zeroext|signext|noalias|nonnull|inreg|align \d+)\s+|(?:range|nofpclass|dereferenceable|dereferenceable_or_null)\([^)]*\)\s+)/;
const conventions = /^(fastcc|ccc|coldcc|tailcc|preserve_mostcc|preserve_nonecc|cc \d+)\s+/;

const definition = (line: string): IrFunction => {
  // Not the `@` of a type such as `%"[closure@main.rs]"`.
  const at = line.search(/(?<=^(?:[^"]|"[^"]*")*)@/);
  const name =
    line[at + 1] === '"' ? line.slice(at + 2, line.indexOf('"', at + 2)) : /^[\w.$-]+/.exec(line.slice(at + 1))![0];
  const open = line.indexOf('(', line[at + 1] === '"' ? line.indexOf('"', at + 2) : at);
  let head = line.slice('define '.length, at).trimStart();
  let convention = 'ccc';
  for (;;) {
    const stated = conventions.exec(head);
    if (stated) convention = stated[1]!;
    const word = stated ?? linkageWords.exec(head);
    if (!word) break;
    head = head.slice(word[0].length);
  }
  const params = atCommas(line.slice(open + 1, pastClosing(line, open) - 1));
  return {
    symbol: name,
    convention,
    result: leadingType(head)[0],
    params: params.filter((text) => text !== '...').map(value),
  };
};

/** Function definitions and aliases of a module in LLVM's text form (LLVM 14 and later). */
export const parseIr = (text: string): IrModule => {
  const functions = new Map<string, IrFunction>();
  const aliases = new Map<string, string>();
  for (const line of text.split('\n')) {
    if (line.startsWith('define ')) {
      const parsed = definition(line);
      functions.set(parsed.symbol, parsed);
    } else if (line.startsWith('@')) {
      const alias = /^@("[^"]+"|\S+) = .*\balias\b.*@("[^"]+"|[\w.$-]+)/.exec(line);
      if (alias) aliases.set(alias[1]!.replaceAll('"', ''), alias[2]!.replaceAll('"', ''));
    }
  }
  return { functions, aliases };
};
