/**
 * What a terminal in raw mode sends, as keys. Ink's own `useInput` isn't used: it gives Backspace and Delete the same
 * name, and a paste that ends in Enter as one text.
 */

/** A named key (`up`, `enter`, `ctrl-c`, `escape`), or characters that were typed or pasted at once. */
export type Key = { readonly kind: 'key'; readonly name: string } | { readonly kind: 'text'; readonly text: string };

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

// CSI parameters, intermediates, final; SS3 and its letter; the Linux console's F1.
const sequence = /\x1b(?:\[\[([A-E])|\[([0-9;:<=>?]*)[ -/]*([@-~])|O([ -~]))/y;
/** The begin of a sequence whose rest may be on its way. */
const begun = /\x1b(?:\[\[?[0-9;:<=>?]*[ -/]*|O)?$/;
const longestSequence = 64;

/** Keys from chunks of input; a sequence may be cut between two of them. */
export class KeyDecoder {
  #pending = '';

  /** True where an escape character waits to be told from the begin of a sequence: `flush` decides. */
  get waiting(): boolean {
    return this.#pending !== '';
  }

  decode(chunk: string): Key[] {
    const input = this.#pending + chunk;
    const cut = begun.exec(input.slice(-longestSequence))?.[0].length ?? 0;
    this.#pending = input.slice(input.length - cut);
    return keysOf(input.slice(0, input.length - cut));
  }

  /** Nothing followed: what waits is the Escape key. */
  flush(): Key[] {
    const input = this.#pending;
    this.#pending = '';
    return keysOf(input);
  }
}

const named = (name: string): Key => ({ kind: 'key', name });

const keysOf = (input: string): Key[] => {
  const keys: Key[] = [];
  for (let at = 0; at < input.length; ) {
    const char = input[at] ?? '';
    if (char === '\x1b') {
      sequence.lastIndex = at;
      const found = sequence.exec(input);
      const name = found ? sequenceName(found) : 'escape';
      if (name !== undefined) keys.push(named(name));
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

/** Undefined for a sequence that stands for no key we know: it must not be taken for text. */
const sequenceName = ([, console_, parameters = '', final = '', single]: RegExpExecArray): string | undefined => {
  if (console_ !== undefined) return console_ === 'A' ? 'f1' : undefined;
  if (single !== undefined) return finals[single];
  return final === '~' ? numbers[parameters.split(';')[0] ?? ''] : finals[final];
};
