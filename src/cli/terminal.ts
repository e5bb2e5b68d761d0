import { RsymError } from '../base/errors.ts';

/** Throws RsymError `usage` unless a live screen is possible: it needs keys from stdin and a screen on stdout. */
export const requireTerminal = (): void => {
  const missing = [process.stdin.isTTY ? '' : 'stdin', process.stdout.isTTY ? '' : 'stdout'].filter(Boolean);
  if (missing.length === 0 && process.env['TERM'] !== 'dumb') return;
  throw new RsymError('usage', 'the screen needs a terminal', {
    reason:
      missing.length === 0
        ? 'TERM is `dumb`: the terminal can only print lines'
        : `${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} not a terminal`,
    hints: ['rsym ls FILE', 'rsym trace FILE FUNCTION'],
  });
};
