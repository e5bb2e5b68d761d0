import { RsymError } from '../../base/errors.ts';
import { sanitize } from '../../base/text.ts';

/** What the terminal's background is, which decides what can be read on it. */
export type Ground = 'light' | 'dark' | 'unknown';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What the environment says: RSYM_THEME, which may forbid colours, else COLORFGBG, as some terminals set it
 * (`15;0`: the last number is the background among the 16 colours). Throws RsymError `usage`.
 */
export const groundIn = (env: Environment): Ground | 'none' => {
  const theme = env['RSYM_THEME'] ?? '';
  if (theme === 'light' || theme === 'dark' || theme === 'none') return theme;
  if (theme !== '')
    throw new RsymError('usage', `RSYM_THEME is '${sanitize(theme.slice(0, 80))}'`, {
      reason: 'it must be light, dark or none',
    });
  const background = /^\d{1,2};(?:[^;]*;)?(\d{1,2})$/.exec(env['COLORFGBG'] ?? '')?.[1];
  if (background === undefined) return 'unknown';
  const colour = Number(background);
  return colour === 7 || (colour > 8 && colour < 16) ? 'light' : 'dark';
};

/** Asks for the background; then for what the terminal is, which every terminal answers: no more is to come then. */
export const askBackground = '\x1b]11;?\x07\x1b[c';

/** From the answer, `11;rgb:ffff/ffff/ffff` with one to four digits each; undefined for anything else. */
export const groundOf = (answer: string): Ground | undefined => {
  const [, ...channels] = /^11;rgba?:([\da-f]{1,4})\/([\da-f]{1,4})\/([\da-f]{1,4})/i.exec(answer) ?? [];
  if (channels.length !== 3) return undefined;
  const [red = 0, green = 0, blue = 0] = channels.map(
    (digits) => Number.parseInt(digits, 16) / (16 ** digits.length - 1),
  );
  return 0.299 * red + 0.587 * green + 0.114 * blue > 0.5 ? 'light' : 'dark';
};
