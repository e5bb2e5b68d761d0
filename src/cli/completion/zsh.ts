import type { CommandDocs, OptionDocs, ProgramDocs } from '../command-docs.ts';

/** For zsh: a file `_rsym` in a folder of `fpath`, or `source <(rsym completions zsh)` behind `compinit`. */
export const zshCompletion = (docs: ProgramDocs): string => `#compdef rsym
# zsh completion for rsym ${docs.version}, made by \`rsym completions zsh\`
_rsym() {
    local curcontext="$curcontext" state line
    typeset -A opt_args
    _arguments -C -S \\
${docs.options.map((option) => `        ${specs(option).join(' ')} \\`).join('\n')}
        '1: :->command' \\
        '*:: :->rest'
    case $state in
        command)
            local -a commands=(
${docs.commands.map(({ name, summary }) => `                ${quoted(`${name}:${summary}`)}`).join('\n')}
                'help:display the help of a command'
            )
            _alternative 'commands:command:{_describe command commands}' 'files:file:_files'
            ;;
        rest)
            case $words[1] in
${docs.commands.map(commandCase).join('\n')}
                help) _arguments '1:command:(${docs.commands.map(({ name }) => name).join(' ')})' ;;
                *) _files ;;
            esac
            ;;
    esac
}

if [[ $funcstack[1] == _rsym ]]; then
    _rsym "$@"
else
    compdef _rsym rsym
fi
`;

const quoted = (text: string): string => `'${text.replace(/'/g, "'\\''")}'`;

const commandCase = ({ name, options, arguments: args }: CommandDocs): string => {
  const words = args.flatMap((argument) => argument.words);
  const rest = words.length > 0 ? `'1:${args[0]?.name.toLowerCase()}:(${words.join(' ')})'` : "'*:file:_files'";
  return [
    `                ${name})`,
    '                    _arguments -s -S \\',
    ...options.map((option) => `                        ${specs(option).join(' ')} \\`),
    `                        ${rest}`,
    '                    ;;',
  ].join('\n');
};

/** One for each form, `-p` and `--pid`; any may be given again. */
const specs = ({ short, long, value, description, completes, words }: OptionDocs): string[] => {
  const shown = description.replace(/[[\]\\:]/g, (char) => `\\${char}`);
  const action = { files: '_files', processes: '_pids', words: `(${words.join(' ')})`, nothing: ' ' }[completes];
  const argument = value === null ? '' : `:${value.toLowerCase()}:${action}`;
  const forms = short === null ? [long] : [short, long];
  return forms.map((form) => {
    const joined = value === null ? form : form.startsWith('--') ? `${form}=` : `${form}+`;
    return quoted(`*${joined}[${shown}]${argument}`);
  });
};
