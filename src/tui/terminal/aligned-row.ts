import { displayWidth } from '../../report/terminal-width.ts';

// A sequence for colours; a run of ASCII; a run of the rest, with the character before it, which it may belong to.
const pieces = /\x1b\[[0-9;]*m|[\x20-\x7e]+(?![^\x1b\x20-\x7e])|[\x20-\x7e]?[^\x1b\x20-\x7e]+/g;
const ascii = /^[\x20-\x7e]+$/;

/**
 * A row in which everything behind characters beyond ASCII has its column named. How wide those are is a matter of
 * opinion, which differs between terminals and versions of Unicode: a name may look odd, but moves nothing beside it.
 */
export const alignedRow = (row: string): string => {
  if (!/[^\x1b\x20-\x7e]/.test(row)) return row;
  let text = '';
  let column = 0;
  let isDoubtful = false;
  for (const [piece] of row.matchAll(pieces)) {
    if (piece.startsWith('\x1b')) {
      text += piece;
      continue;
    }
    const isAscii = ascii.test(piece);
    text += isDoubtful && isAscii ? `\x1b[${column + 1}G${piece}` : piece;
    column += isAscii ? piece.length : displayWidth(piece);
    isDoubtful = !isAscii;
  }
  return text;
};
