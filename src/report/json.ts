const plain = /^[\x20-\x7e]*$/;
// What `sanitize` takes out of text: JSON.stringify leaves all but C0 as it is.
const unsafe = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** One line of JSON, safe on a terminal: control, format and invisible characters in its strings are `\uNNNN`. */
export const jsonText = (value: unknown): string => safeJson(JSON.stringify(value));

/** The same for text that is JSON already. */
export const safeJson = (text: string): string => (plain.test(text) ? text : text.replace(unsafe, escapeOf));

const escapeOf = (char: string): string =>
  Array.from({ length: char.length }, (_, i) => `\\u${char.charCodeAt(i).toString(16).padStart(4, '0')}`).join('');
