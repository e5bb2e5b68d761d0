import { stripVTControlCharacters, styleText } from 'node:util';

/** What a colour stands for; each gives the text with its escape codes. */
export type Theme = Readonly<
  Record<'title' | 'chosen' | 'plain' | 'faint' | 'label' | 'warning' | 'cursor' | 'painted', (text: string) => string>
>;

type Format = Parameters<typeof styleText>[0];

/** Without colour, what must be seen is marked by a sign or reversed. */
export const makeTheme = (colour: boolean): Theme => {
  const always = (format: Format) => (text: string) =>
    text === '' ? '' : styleText(format, text, { validateStream: false });
  const coloured = (format: Format) => (colour ? always(format) : plain);
  return {
    title: always(colour ? ['cyan', 'bold'] : 'bold'),
    chosen: always('inverse'),
    plain,
    faint: coloured('gray'),
    label: coloured('blue'),
    warning: coloured('yellow'),
    cursor: always('inverse'),
    painted: colour ? plain : stripVTControlCharacters,
  };
};

const plain = (text: string): string => text;
