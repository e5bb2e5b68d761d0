import type { CommandDocs, OptionDocs, ProgramDocs } from '../command-docs.ts';

/** For bash, with or without the package bash-completion: `source <(rsym completions bash)`. */
export const bashCompletion = (
  docs: ProgramDocs,
): string => `# bash completion for rsym ${docs.version}, made by \`rsym completions bash\`
_rsym() {
    local cur=\${COMP_WORDS[COMP_CWORD]} option= command= word i
    COMPREPLY=()
    # Nothing to offer means the names of files, unless taken back below.
    compopt -o default 2>/dev/null
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=\${COMP_WORDS[i]}
        case $word in
            # Behind it stand the arguments of a program.
            --) [[ -n $command ]] && return ;;
            -*) ;;
            *) [[ -z $command ]] && command=$word ;;
        esac
    done
    # \`--option=value\` is three words for bash.
    option=\${COMP_WORDS[COMP_CWORD-1]}
    if [[ $cur == = ]]; then
        cur=
    elif [[ $option == = && $COMP_CWORD -ge 2 ]]; then
        option=\${COMP_WORDS[COMP_CWORD-2]}
    fi
    case $command:$option in
${docs.commands.flatMap(valueCases).join('\n')}
    esac
    case $command in
        '')
            if [[ $cur == -* ]]; then
                _rsym_offer ${wordList(names(docs.options))}
            else
                COMPREPLY=($(compgen -W ${wordList([...docs.commands.map(({ name }) => name), 'help'])} -- "$cur"))
            fi
            ;;
        help) _rsym_offer ${wordList(docs.commands.map(({ name }) => name))} ;;
${docs.commands.map(commandCase).join('\n')}
    esac
}

# Of some words those that begin like the one that is typed, and nothing else.
_rsym_offer() {
    compopt +o default 2>/dev/null
    COMPREPLY=($(compgen -W "$1" -- "$cur"))
}

_rsym_processes() {
    local entry
    for entry in /proc/[0-9]*; do printf '%s ' "\${entry#/proc/}"; done
}

complete -F _rsym rsym
`;

const names = (options: readonly OptionDocs[]): string[] =>
  options.flatMap(({ short, long }) => (short === null ? [long] : [short, long]));

const wordList = (words: readonly string[]): string => `'${words.join(' ').replace(/'/g, "'\\''")}'`;

const valueCases = ({ name, options }: CommandDocs): string[] =>
  options
    .filter(({ value }) => value !== null)
    .map((option) => {
      const patterns = names([option]).map((flag) => `${name}:${flag}`);
      return `        ${patterns.join('|')}) ${offer(option)} ;;`;
    });

const offer = ({ completes, words }: OptionDocs): string => {
  switch (completes) {
    case 'files':
      return 'return';
    case 'processes':
      return '_rsym_offer "$(_rsym_processes)"; return';
    case 'words':
      return `_rsym_offer ${wordList(words)}; return`;
    case 'nothing':
      return "_rsym_offer ''; return";
  }
};

const commandCase = ({ name, options, arguments: args }: CommandDocs): string => {
  const words = args.flatMap((argument) => argument.words);
  return [
    `        ${name})`,
    `            if [[ $cur == -* ]]; then`,
    `                _rsym_offer ${wordList(names(options))}`,
    ...(words.length > 0 ? ['            else', `                _rsym_offer ${wordList(words)}`] : []),
    '            fi',
    '            ;;',
  ].join('\n');
};
