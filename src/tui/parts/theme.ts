import { stripVTControlCharacters, styleText } from 'node:util';
import type { Ground } from '../terminal/ground.ts';

/** What a colour stands for; each gives the text with its escape codes. */
export type Theme = Readonly<
  Record<
    'title' | 'chosen' | 'plain' | 'faint' | 'label' | 'warning' | 'cursor' | 'match' | 'painted',
    (text: string) => string
  >
>;

type Format = Parameters<typeof styleText>[0];
type Coloured = 'title' | 'faint' | 'label' | 'warning' | 'match';

/** Exact colours, each of which stands out enough from the ground to be read (WCAG's 4.5 to 1). */
export const exactColours: Readonly<Record<'light' | 'dark', Readonly<Record<Coloured, string>>>> = {
  dark: { title: '#56c8d8', faint: '#9a9a9a', label: '#7fb0f0', warning: '#e0b050', match: '#7fd06f' },
  light: { title: '#005f6b', faint: '#666666', label: '#1a56b0', warning: '#8a5a00', match: '#1f6b1f' },
};

/** Of the 16 colours that every terminal has, and its user may have chosen: yellow and cyan vanish on white. */
const namedColours: Readonly<Record<Ground, Readonly<Record<Coloured, Format>>>> = {
  dark: { title: 'cyan', faint: 'gray', label: 'blue', warning: 'yellow', match: 'green' },
  light: { title: 'blue', faint: 'gray', label: 'blue', warning: 'red', match: 'magenta' },
  unknown: { title: 'cyan', faint: 'gray', label: 'blue', warning: 'yellow', match: 'green' },
};

/** Whether the terminal shows exact colours. */
export const hasManyColours = (env: Readonly<Record<string, string | undefined>>): boolean =>
  /^(truecolor|24bit)$/.test(env['COLORTERM'] ?? '');

const always = (format: Format) => (text: string) =>
  text === '' ? '' : styleText(format, text, { validateStream: false });

/**
 * Without colour, what must be seen is marked by a sign or reversed. Exact colours are used only where the ground is
 * known: they would be the same on any.
 */
export const makeTheme = (colour: boolean, ground: Ground = 'unknown', exact = false): Theme => {
  const coloured = (name: Coloured): ((text: string) => string) => {
    if (!colour) return plain;
    return exact && ground !== 'unknown' ? exactly(exactColours[ground][name]) : always(namedColours[ground][name]);
  };
  const title = coloured('title');
  const [faint, label, warning] = [coloured('faint'), coloured('label'), coloured('warning')];
  const bold = always('bold');
  const match = coloured('match');
  return {
    title: (text) => bold(title(text)),
    chosen: always('inverse'),
    plain,
    faint,
    label,
    warning,
    cursor: always('inverse'),
    match: colour ? (text) => bold(match(text)) : always('underline'),
    painted: colour ? recoloured({ 90: faint, 36: title, 34: label, 33: warning }) : stripVTControlCharacters,
  };
};

/** Text that was painted for any terminal, in the theme's colours: by the codes that begin a colour; all end alike. */
const recoloured = (colours: Readonly<Record<number, (text: string) => string>>): ((text: string) => string) => {
  const begins = new Map(
    Object.entries(colours).map(([code, paint]) => [`\x1b[${code}m`, paint('.').split('.', 1)[0]]),
  );
  return (text) => text.replace(/\x1b\[\d+m/g, (code) => begins.get(code) ?? code);
};

const exactly = (colour: string): ((text: string) => string) => {
  const channels = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16)).join(';');
  return (text) => (text === '' ? '' : `\x1b[38;2;${channels}m${text}\x1b[39m`);
};

const plain = (text: string): string => text;
