import { styleText } from 'node:util';

/** What a colour stands for; a palette without colour returns the text as it came. */
export type Palette = {
  /** Without colour. */
  readonly isPlain: boolean;
  readonly name: (text: string) => string;
  readonly address: (text: string) => string;
  readonly type: (text: string) => string;
  readonly value: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly good: (text: string) => string;
  readonly warning: (text: string) => string;
  readonly error: (text: string) => string;
  readonly heading: (text: string) => string;
};

type Environment = Readonly<Record<string, string | undefined>>;

/** NO_COLOR (set to anything but nothing) wins over FORCE_COLOR (anything but `0` or `false`), and both over the terminal. */
export const wantsColour = (env: Environment, isTerminal: boolean): boolean => {
  if (env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '') return false;
  const force = env['FORCE_COLOR'];
  if (force !== undefined) return force !== '0' && force !== 'false';
  return isTerminal && env['TERM'] !== 'dumb';
};

type Format = Parameters<typeof styleText>[0];

const asItIs = (text: string): string => text;
const plain: Palette = {
  isPlain: true,
  name: asItIs,
  address: asItIs,
  type: asItIs,
  value: asItIs,
  faint: asItIs,
  good: asItIs,
  warning: asItIs,
  error: asItIs,
  heading: asItIs,
};

/** Made once for each stream a command writes to. */
export const makePalette = (colour: boolean): Palette => {
  // Whether to colour is decided by the caller, for the stream it writes to; styleText would ask about stdout.
  const paint =
    (format: Format): ((text: string) => string) =>
    (text) =>
      styleText(format, text, { validateStream: false });
  if (!colour) return plain;
  return {
    isPlain: false,
    name: paint('cyan'),
    address: paint('gray'),
    type: paint('blue'),
    value: paint('green'),
    faint: paint('gray'),
    good: paint('green'),
    warning: paint('yellow'),
    error: paint('red'),
    heading: paint('bold'),
  };
};
