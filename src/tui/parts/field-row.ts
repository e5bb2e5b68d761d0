import { sanitize } from '../../base/text.ts';
import { displayWidth } from '../../report/terminal-width.ts';
import type { Field } from './field.ts';
import type { Theme } from './theme.ts';
import { truncateEnd } from './wrap.ts';

type FieldView = {
  readonly label: string;
  readonly field: Field;
  /** Shown in place of an empty text. */
  readonly placeholder: string;
  readonly focused: boolean;
  readonly columns: number;
};

/** A label and a field on one row; of a long text, the part around the cursor. */
export const fieldText = ({ label, field, placeholder, focused, columns }: FieldView, theme: Theme): string => {
  const room = Math.max(4, columns - displayWidth(label) - 1);
  if (field.text === '') {
    const cursor = focused ? theme.cursor(' ') : '';
    return theme.label(label) + cursor + theme.faint(truncateEnd(placeholder, room - 1));
  }
  const { before, under, after } = visiblePart(field, room);
  return theme.label(label) + before + (focused ? theme.cursor(under) : under) + after;
};

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const reversed = (text: string): string[] => [...segmenter.segment(text)].map(({ segment }) => segment).reverse();

const visiblePart = ({ text, at }: Field, columns: number): { before: string; under: string; after: string } => {
  const near = columns * 4;
  const [under = ' '] = [...segmenter.segment(text.slice(at, at + 64))].map(({ segment }) => segment);
  const shownUnder = sanitize(under);
  const kept: string[] = [];
  let room = columns - displayWidth(shownUnder);
  for (const segment of reversed(sanitize(text.slice(Math.max(0, at - near), at)))) {
    room -= displayWidth(segment);
    if (room < 0) break;
    kept.push(segment);
  }
  const rest = at < text.length ? sanitize(text.slice(at + under.length, at + near)) : '';
  return { before: kept.reverse().join(''), under: shownUnder, after: truncateEnd(rest, Math.max(0, room)) };
};
