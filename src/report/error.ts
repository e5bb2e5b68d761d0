import { RsymError } from '../base/errors.ts';
import { sanitize } from '../base/text.ts';
import type { Palette } from './terminal-colour.ts';

type Options = { readonly palette: Palette; readonly debug: boolean };

// Arguments can be megabytes long and are echoed in messages.
const longest = 2000;
const line = (text: string): string => {
  const safe = sanitize(text);
  return safe.length <= longest ? safe : `${safe.slice(0, longest)}…`;
};
const linesOf = (text: string): string[] => text.split('\n').map(line);

/**
 * An error as lines for stderr, each ended: what failed, why, what to try. An error that is not an RsymError is a
 * defect of rsym: one line, and its stack only with `debug`.
 */
export const renderError = (error: unknown, { palette, debug }: Options): string => {
  const head = `${palette.error('rsym:')} `;
  const lines: string[] = [];
  if (error instanceof RsymError && error.code !== 'internal') {
    lines.push(head + line(error.message));
    if (error.reason !== undefined) lines.push(...linesOf(error.reason).map((l) => `  ${l}`));
    for (const hint of error.hints) lines.push(`  try: ${line(hint)}`);
  } else {
    const what = error instanceof Error ? error.message || error.name : String(error);
    lines.push(`${head}internal error: ${line(what)}`);
    if (error instanceof RsymError && error.reason !== undefined) lines.push(`  ${line(error.reason)}`);
    if (!debug) lines.push('  this is a defect of rsym; RSYM_DEBUG=1 in the environment shows where it happened');
  }
  if (debug) lines.push(...stackOf(error));
  return `${lines.join('\n')}\n`;
};

const stackOf = (error: unknown): string[] => {
  const lines: string[] = [];
  for (let e = error, depth = 0; e instanceof Error && depth < 8; e = e.cause, depth++) {
    const frames = (e.stack ?? '').split('\n').filter((l) => /^\s+at /.test(l));
    // A cause may be a whole log: the kernel's verifier says in hundreds of lines what it didn't like.
    lines.push(...(depth === 0 ? ['  raised'] : linesOf(`  caused by: ${e.message}`)), ...frames.map(line));
  }
  return lines;
};
