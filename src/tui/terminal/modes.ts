/**
 * What the terminal is asked for while the screen has it. Whatever doesn't know a mode ignores it.
 *
 * - the alternate screen, without a cursor and without wrapping: a character that is wider than we think must not move
 *   the rows below;
 * - no reordering of right-to-left text (ECMA-48 mode 8): a name must not move the columns beside it;
 * - pasted text in brackets, and word when the window gets the focus;
 * - the wheel and clicks, unless the user wants to select text as elsewhere.
 */
const on = '\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[8l\x1b[?2004h\x1b[?1004h';
const mouseOn = '\x1b[?1000h\x1b[?1006h';
const mouseOff = '\x1b[?1006l\x1b[?1000l';

/** What makes the wheel and clicks ours, or leaves them to the terminal, which then selects text. */
export const mouseCodes = (isOurs: boolean): string => (isOurs ? mouseOn : mouseOff);

export const enterCodes = (mouse: boolean): string => (mouse ? on + mouseOn : on);

/** All modes, also those that were not asked for. */
export const leaveCodes = `\x1b[0m${mouseOff}\x1b[?1004l\x1b[?2004l\x1b[8h\x1b[?7h\x1b[?25h\x1b[?1049l`;
