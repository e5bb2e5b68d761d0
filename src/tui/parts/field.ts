/** A line of text that is edited. `at` is the cursor, a position in `text` between two characters as users see them. */
export type Field = { readonly text: string; readonly at: number };

export type Edit =
  | { readonly kind: 'insert'; readonly text: string }
  | { readonly kind: 'erase' | 'erase-word' | 'erase-all' | 'delete' | 'left' | 'right' | 'start' | 'end' };

export const fieldOf = (text: string): Field => ({ text, at: text.length });
export const emptyField = fieldOf('');

/** As long as any signature that can be read. */
const longest = 65_536;

const characters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const reach = 64;

const lengthBefore = ({ text, at }: Field): number => {
  // A character's own bounds don't depend on what is far before it.
  const near = text.slice(Math.max(0, at - reach), at);
  return [...characters.segment(near)].at(-1)?.segment.length ?? 0;
};

const lengthAfter = ({ text, at }: Field): number => {
  for (const { segment } of characters.segment(text.slice(at, at + reach))) return segment.length;
  return 0;
};

const replaced = ({ text }: Field, from: number, to: number, by = ''): Field => ({
  text: (text.slice(0, from) + by + text.slice(to)).slice(0, longest),
  at: Math.min(from + by.length, longest),
});

export const edit = (field: Field, change: Edit): Field => {
  const { text, at } = field;
  switch (change.kind) {
    case 'insert':
      return replaced(field, at, at, change.text);
    case 'erase':
      return replaced(field, at - lengthBefore(field), at);
    case 'erase-word':
      return replaced(field, text.slice(0, at).replace(/(?:[\p{L}\p{N}_]+|[^\p{L}\p{N}_\s]+)?\s*$/u, '').length, at);
    case 'erase-all':
      return emptyField;
    case 'delete':
      return replaced(field, at, at + lengthAfter(field));
    case 'left':
      return { text, at: at - lengthBefore(field) };
    case 'right':
      return { text, at: at + lengthAfter(field) };
    case 'start':
      return { text, at: 0 };
    case 'end':
      return { text, at: text.length };
  }
};
