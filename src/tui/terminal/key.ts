/**
 * What a terminal in raw mode sends, as keys. Ink's own `useInput` isn't used: it gives Backspace and Delete the same
 * name, and a paste that ends in Enter as one text.
 */

import { type Ground, groundOf } from './ground.ts';
import { type Pointed, pointedOf } from './mouse.ts';

/** A named key (`up`, `enter`, `ctrl-c`, `escape`), characters that were typed at once, pasted text, or the mouse. */
export type Key =
  | { readonly kind: 'key'; readonly name: string }
  | { readonly kind: 'text' | 'pasted'; readonly text: string }
  | Pointed;

/** What the terminal tells of itself. */
export type Report =
  | { readonly kind: 'focused' }
  | { readonly kind: 'ground'; readonly ground: Ground }
  /** The answer that every terminal gives. */
  | { readonly kind: 'attributes' };

const finals: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  F: 'end',
  H: 'home',
  P: 'f1',
  Z: 'shift-tab',
};

const numbers: Readonly<Record<string, string>> = {
  1: 'home',
  3: 'delete',
  4: 'end',
  5: 'page-up',
  6: 'page-down',
  7: 'home',
  8: 'end',
  11: 'f1',
};

const controls: Readonly<Record<string, string>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'tab',
  '\x7f': 'backspace',
  '\b': 'backspace',
  '\0': 'ctrl-space',
};

// CSI parameters, intermediates, final; SS3 and its letter; OSC and its text; the Linux console's F1.
const sequence = /\x1b(?:\[\[([A-E])|\[([0-9;:<=>?]*)[ -/]*([@-~])|O([ -~])|\]([^\x07\x1b]*)(?:\x07|\x1b\\))/y;
/** The begin of a sequence whose rest may be on its way. */
const begun = /\x1b(?:\[\[?[0-9;:<=>?]*[ -/]*|O|\][^\x07\x1b]*\x1b?)?$/;
const longestSequence = 64;

/** Around a text that was pasted (DEC private mode 2004). */
const pasteBegin = '\x1b[200~';
const pasteEnd = '\x1b[201~';
const longestPaste = 1 << 20;

/** Keys from chunks of input; a sequence may be cut between two of them. */
export class KeyDecoder {
  #pending = '';
  #pasted: string | null = null;

  /**
   * `escape` where an escape character waits to be told from the begin of a sequence, `rest` where the rest of a sequence
   * or of a paste must come: `flush` no longer waits.
   */
  get waiting(): 'escape' | 'rest' | null {
    if (this.#pasted !== null) return 'rest';
    return this.#pending === '' ? null : this.#pending === '\x1b' ? 'escape' : 'rest';
  }

  decode(chunk: string): (Key | Report)[] {
    const keys: (Key | Report)[] = [];
    let input = this.#pending + chunk;
    for (;;) {
      if (this.#pasted !== null) {
        const end = input.indexOf(pasteEnd);
        const at = end < 0 ? input.length - startOf(pasteEnd, input) : end;
        this.#pasted = (this.#pasted + input.slice(0, at)).slice(0, longestPaste);
        this.#pending = input.slice(at);
        if (end < 0) return keys;
        keys.push(...this.#endOfPaste());
        input = input.slice(end + pasteEnd.length);
      }
      const begin = input.indexOf(pasteBegin);
      if (begin < 0) break;
      keys.push(...keysOf(input.slice(0, begin)));
      input = input.slice(begin + pasteBegin.length);
      this.#pasted = '';
    }
    const cut = begun.exec(input.slice(-longestSequence))?.[0].length ?? 0;
    this.#pending = input.slice(input.length - cut);
    keys.push(...keysOf(input.slice(0, input.length - cut)));
    return keys;
  }

  /** Nothing followed: what waits is the Escape key, or the end of a paste. */
  flush(): (Key | Report)[] {
    const input = this.#pending;
    this.#pending = '';
    return this.#pasted === null ? keysOf(input) : this.#endOfPaste();
  }

  #endOfPaste(): Key[] {
    const text = oneLine(this.#pasted ?? '');
    this.#pasted = null;
    this.#pending = '';
    return text === '' ? [] : [{ kind: 'pasted', text }];
  }
}

/** How many characters at the end of `input` may be the begin of `marker`. */
const startOf = (marker: string, input: string): number => {
  for (let length = Math.min(marker.length - 1, input.length); length > 0; length--)
    if (input.endsWith(marker.slice(0, length))) return length;
  return 0;
};

const oneLine = (text: string): string =>
  text
    .replace(/[\r\n]+$/, '')
    .replace(/\r\n|[\r\n\t]/g, ' ')
    .replace(/[\0-\x1f\x7f]/g, '');

const named = (name: string): Key => ({ kind: 'key', name });

const keysOf = (input: string): (Key | Report)[] => {
  const keys: (Key | Report)[] = [];
  for (let at = 0; at < input.length; ) {
    const char = input[at] ?? '';
    if (char === '\x1b') {
      sequence.lastIndex = at;
      const found = sequence.exec(input);
      const key = found ? sequenceKey(found) : named('escape');
      if (key !== undefined) keys.push(key);
      at = found ? sequence.lastIndex : at + 1;
    } else if (char < ' ' || char === '\x7f') {
      keys.push(named(controls[char] ?? `ctrl-${String.fromCharCode(char.charCodeAt(0) + 96)}`));
      at++;
    } else {
      const end = endOfText(input, at);
      keys.push({ kind: 'text', text: input.slice(at, end) });
      at = end;
    }
  }
  return keys;
};

const endOfText = (input: string, from: number): number => {
  let at = from;
  while (at < input.length && (input[at] ?? '') >= ' ' && input[at] !== '\x7f') at++;
  return at;
};

/** Undefined for a sequence that stands for nothing we know: it must not be taken for text. */
const sequenceKey = (found: RegExpExecArray): Key | Report | undefined => {
  const [, console_, parameters = '', final = '', single, command] = found;
  if (command !== undefined) {
    const ground = groundOf(command);
    return ground && { kind: 'ground', ground };
  }
  if (parameters.startsWith('<')) return pointedOf(parameters, final);
  if (final === 'I' && parameters === '') return { kind: 'focused' };
  if (final === 'c' && parameters.startsWith('?')) return { kind: 'attributes' };
  const name = keyName(console_, parameters, final, single);
  return name === undefined ? undefined : named(name);
};

const keyName = (
  console_: string | undefined,
  parameters: string,
  final: string,
  single: string | undefined,
): string | undefined => {
  if (console_ !== undefined) return console_ === 'A' ? 'f1' : undefined;
  if (single !== undefined) return finals[single];
  return final === '~' ? numbers[parameters.split(';')[0] ?? ''] : finals[final];
};
