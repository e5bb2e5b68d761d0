import type { SourcePosition } from '../elf/function-model.ts';

/** `src/main.rs:13:27`; without a column or line that isn't known. Not sanitised. */
export const positionText = ({ file, line, column }: SourcePosition): string =>
  line === 0 ? file : column === 0 ? `${file}:${line}` : `${file}:${line}:${column}`;
