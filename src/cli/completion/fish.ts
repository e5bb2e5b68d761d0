import type { CommandDocs, OptionDocs, ProgramDocs } from '../command-docs.ts';

/** For fish: `rsym completions fish | source`, or a file in `~/.config/fish/completions`. */
export const fishCompletion = (docs: ProgramDocs): string => {
  const names = docs.commands.map(({ name }) => name).join(' ');
  return `# fish completion for rsym ${docs.version}, made by \`rsym completions fish\`
${docs.options.map((option) => optionLine(option, '__fish_use_subcommand')).join('\n')}
${docs.commands.map(({ name, summary }) => `complete -c rsym -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`).join('\n')}
complete -c rsym -n __fish_use_subcommand -a help -d 'display the help of a command'
complete -c rsym -n '__fish_seen_subcommand_from help' -f -a ${quoted(names)}
${docs.commands.flatMap(commandLines).join('\n')}
`;
};

const quoted = (text: string): string => `'${text.replace(/[\\']/g, (char) => `\\${char}`)}'`;

const commandLines = ({ name, options, arguments: args }: CommandDocs): string[] => {
  const condition = quoted(`__fish_seen_subcommand_from ${name}`);
  const words = args.flatMap((argument) => argument.words);
  return [
    ...options.map((option) => optionLine(option, condition)),
    ...(words.length > 0 ? [`complete -c rsym -n ${condition} -f -a ${quoted(words.join(' '))}`] : []),
  ];
};

const optionLine = ({ short, long, description, completes, value, words }: OptionDocs, condition: string): string => {
  const forms = `${short === null ? '' : ` -s ${short.slice(1)}`} -l ${long.slice(2)}`;
  const values = {
    files: ' -r -F',
    processes: " -x -a '(__fish_complete_pids)'",
    words: ` -x -a ${quoted(words.join(' '))}`,
    nothing: value === null ? '' : ' -x',
  }[completes];
  return `complete -c rsym -n ${condition}${forms}${values} -d ${quoted(description)}`;
};
