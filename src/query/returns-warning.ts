/** What `--returns fast` does to a program that unwinds. */
export const fastWarning =
  'returns by uretprobe: a panic or exception that passes a watched function aborts the program, even where it would be caught';
