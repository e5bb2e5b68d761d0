import { RsymError } from '../../base/errors.ts';
import { sanitize } from '../../base/text.ts';

/**
 * What a terminal reports of the mouse: `\x1b[<BUTTON;COLUMN;ROWM`, from 1 on, `m` in place of `M` where a button is let
 * go (SGR, DEC private mode 1006; the older form can't tell columns above 223).
 */

/** A turn of the wheel or a click; row and column count from 0. */
export type Pointed = {
  readonly kind: 'pointed';
  readonly name: 'click' | 'wheel-up' | 'wheel-down';
  readonly row: number;
  readonly column: number;
};

const names: Readonly<Record<number, Pointed['name']>> = { 0: 'click', 64: 'wheel-up', 65: 'wheel-down' };

/** Shift, Alt and Ctrl make no difference. */
const modifiers = 4 | 8 | 16;

/** Undefined for what has no meaning here: other buttons, and letting go. */
export const pointedOf = (parameters: string, final: string): Pointed | undefined => {
  const [button = -1, column = 0, row = 0] = parameters.slice(1).split(';').map(Number);
  const name = names[button & ~modifiers];
  if (final !== 'M' || name === undefined || column < 1 || row < 1) return undefined;
  return { kind: 'pointed', name, row: row - 1, column: column - 1 };
};

/** Whether the wheel and clicks are ours, by RSYM_MOUSE. Throws RsymError `usage`. */
export const mouseIn = (env: Readonly<Record<string, string | undefined>>): boolean => {
  const mouse = env['RSYM_MOUSE'] ?? '';
  if (mouse === '' || mouse === 'on') return true;
  if (mouse === 'off') return false;
  throw new RsymError('usage', `RSYM_MOUSE is '${sanitize(mouse.slice(0, 80))}'`, { reason: 'it must be on or off' });
};
