import { parseArgs } from 'node:util';
import type { Command } from 'commander';

/** One option of a command, in commander's notation: `-a, --all`, `--limit <N>`. */
export type OptionRow = {
  readonly flags: string;
  readonly description: string;
  /** The value for a text; `before` is that of the same option earlier in the line. May throw. */
  readonly parse?: (text: string, before: unknown) => unknown;
};

/** A command whose ordinary lines are read without commander, which takes longer to load than many answers take. */
export type PlainCommand = {
  readonly options: readonly OptionRow[];
  readonly fewestWords: number;
  /** `args` is the whole line behind the command's name. */
  readonly answer: (words: readonly string[], flags: object, args: readonly string[]) => Promise<void>;
};

export const addOptions = (command: Command, rows: readonly OptionRow[]): Command => {
  for (const { flags, description, parse } of rows) {
    if (parse) command.option(flags, description, parse);
    else command.option(flags, description);
  }
  return command;
};

type Line = { readonly words: readonly string[]; readonly flags: Readonly<Record<string, unknown>> };

/**
 * What a line asks for, as commander would read it; undefined for whatever is wrong, rare or a wish for help: that is
 * commander's to read again and to answer in its words.
 */
export const readLine = ({ options, fewestWords }: PlainCommand, args: readonly string[]): Line | undefined => {
  const rows = options.map((row) => ({ row, ...namesOf(row.flags) }));
  const known = rows.map(({ name, short, takesValue }) => [
    name,
    {
      type: takesValue ? 'string' : 'boolean',
      multiple: takesValue,
      ...(short === undefined ? {} : { short }),
    } as const,
  ]);
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { ...Object.fromEntries(known), debug: { type: 'boolean' } },
      allowPositionals: true,
    });
    if (positionals.length < fewestWords) return undefined;
    const flags: Record<string, unknown> = {};
    for (const { row, name } of rows) {
      const value = (values as Readonly<Record<string, unknown>>)[name];
      if (value !== undefined) flags[camelCase(name)] = Array.isArray(value) ? lastOf(value, row) : value;
    }
    return { words: positionals, flags };
  } catch {
    return undefined;
  }
};

const lastOf = (texts: readonly string[], { parse }: OptionRow): unknown =>
  parse ? texts.reduce<unknown>((before, text) => parse(text, before), undefined) : texts.at(-1);

const namesOf = (flags: string): { name: string; short: string | undefined; takesValue: boolean } => {
  const [, short, name = '', value] = /^(?:-(\w), )?--([\w-]+)( <.+>)?$/.exec(flags) ?? [];
  return { name, short, takesValue: value !== undefined };
};

const camelCase = (name: string): string => name.replace(/-(\w)/g, (_, first: string) => first.toUpperCase());
