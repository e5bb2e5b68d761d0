import type { ArgumentDocs, CommandDocs, OptionDocs, ProgramDocs } from '../command-docs.ts';
import { argument, bold, broken, italic, literal, prose, roffText, tagged } from './roff.ts';
import { environment, examples, files, patternForms, patterns, rights, statuses } from './text.ts';

/** Keys of the screen, under the name of where they are good for. */
type KeySection = {
  readonly heading: string;
  readonly lines: readonly { readonly keys: string; readonly help: string }[];
};

/** The page rsym(1). Nothing in it depends on the day or on the machine it is made on. */
export const manPage = (docs: ProgramDocs, keys: readonly KeySection[]): string =>
  broken(
    [
      `.\\" Made by \`rsym man\`.`,
      `.TH RSYM 1 "" ${argument(`rsym ${docs.version}`)} "User Commands"`,
      '.SH NAME',
      `rsym \\- ${roffText('look inside compiled Rust programs and watch them run')}`,
      '.SH SYNOPSIS',
      ...docs.commands.flatMap(({ name, synopsis }, i) => [
        ...(i === 0 ? [] : ['.br']),
        `${bold(`rsym ${name}`)} ${roffText(synopsis)}`,
      ]),
      '.br',
      `${bold('rsym')} ${italic('FILE')}`,
      '.SH DESCRIPTION',
      ...docs.description.split('\n').flatMap((line) => [prose(line), '.PP']),
      prose(rights),
      '.SH OPTIONS',
      ...docs.options.map(option),
      '.SH COMMANDS',
      ...docs.commands.flatMap(command),
      '.SH PATTERNS',
      ...patterns.map(prose),
      ...patternForms.map(([form, meaning]) => tagged(bold(form), roffText(meaning))),
      '.SH KEYS OF THE SCREEN',
      ...keys.flatMap(({ heading, lines }) => [
        `.SS ${argument(heading)}`,
        ...lines.map((line) => tagged(bold(line.keys), prose(line.help))),
      ]),
      '.SH EXIT STATUS',
      ...statuses.map(([status, meaning]) => tagged(bold(status), roffText(meaning))),
      '.SH ENVIRONMENT',
      ...environment.map(([name, meaning]) => tagged(bold(name), prose(meaning))),
      '.SH FILES',
      ...files.map(([path, meaning]) => tagged(italic(path), roffText(meaning))),
      '.SH EXAMPLES',
      ...examples.flatMap(([what, line], i) => [...(i === 0 ? [] : ['.PP']), roffText(what), literal([line])]),
      '.SH SEE ALSO',
      'nm(1), perf(1), gdb(1), c++filt(1)',
      '',
    ].join('\n'),
  );

const command = ({ name, synopsis, summary, details, arguments: args, options }: CommandDocs): string[] => [
  `.SS ${argument(`rsym ${name}`)}`,
  `${bold(`rsym ${name}`)} ${roffText(synopsis)}`,
  '.PP',
  `${prose(sentence(summary))}`,
  ...args.filter(({ description }) => description !== '').map(positional),
  ...options.map(option),
  ...details.flatMap((text) => ['.PP', prose(text)]),
];

const sentence = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;

const positional = ({ name, description, words }: ArgumentDocs): string =>
  tagged(italic(name.toUpperCase()), `${prose(description)}${oneOf(words)}`);

const option = ({ short, long, value, description, words, default: usual }: OptionDocs): string => {
  const forms = [short, long].flatMap((form) => (form === null ? [] : [bold(form)])).join(', ');
  const term = value === null ? forms : `${forms} ${italic(value.toUpperCase())}`;
  const more = [
    ...(words.length > 0 ? [`one of ${words.join(', ')}`] : []),
    ...(usual === null ? [] : [`${usual} unless given`]),
  ];
  return tagged(term, `${prose(description)}${more.length > 0 ? roffText(` (${more.join('; ')})`) : ''}`);
};

const oneOf = (words: readonly string[]): string => (words.length > 0 ? roffText(`: ${words.join(', ')}`) : '');
