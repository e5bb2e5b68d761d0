import { wrapWords } from '../../report/show-wrap.ts';

/** Text as roff, for man-db's groff and for mandoc alike. */

const named: Readonly<Record<string, string>> = {
  '\\': '\\e',
  '-': '\\-',
  '"': '\\(dq',
  "'": '\\(aq',
  '`': '\\(ga',
  '^': '\\(ha',
  '~': '\\(ti',
  '…': '...',
  µ: '\\(mc',
  '≥': '\\(>=',
  '≤': '\\(<=',
  '×': '\\(mu',
  '·': '\\(pc',
  '↑': '\\(ua',
  '↓': '\\(da',
  '←': '\\(<-',
  '→': '\\(->',
};

/** Any text, in ASCII, with nothing left that roff would take for a request. */
export const roffText = (text: string): string =>
  text.replace(/[\\"'`^~-]|[^\x00-\x7f]/gu, (char) => named[char] ?? unicode(char)).replace(/^\./gm, '\\&.');

const unicode = (char: string): string =>
  `\\[u${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`;

export const bold = (text: string): string => `\\fB${roffText(text)}\\fR`;
export const italic = (text: string): string => `\\fI${roffText(text)}\\fR`;

/** Text in which what stands between backquotes is shown bold. */
export const prose = (text: string): string =>
  text
    .split('`')
    .map((part, i) => (i % 2 === 0 ? roffText(part) : bold(part)))
    .join('');

const longestLine = 80;

/** Text lines broken between words, as pages are written; requests and literal lines as they are. */
export const broken = (page: string): string => {
  let isLiteral = false;
  return page
    .split('\n')
    .flatMap((line) => {
      if (line === '.nf' || line === '.fi') isLiteral = line === '.nf';
      return isLiteral || line.startsWith('.') ? [line] : wrapWords(line, longestLine).map(unrequested);
    })
    .join('\n');
};

/** A line that a break has let begin with a dot. */
const unrequested = (line: string): string => (line.startsWith('.') ? `\\&${line}` : line);

/** A request's argument, which may have blanks in it. */
export const argument = (text: string): string => `"${roffText(text)}"`;

/** Lines as they are. */
export const literal = (lines: readonly string[]): string =>
  ['.PP', '.in +4n', '.nf', ...lines.map((line) => roffText(line)), '.fi', '.in'].join('\n');

/** A term and what is said of it. */
export const tagged = (term: string, text: string): string => `.TP\n${term}\n${text}`;
