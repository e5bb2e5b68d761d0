import { sanitize } from '../base/text.ts';

/** Why nothing may be seen of a command: `option` is what takes in the processes that it starts. */
export const loneProgramText = (program: string, option: string): string =>
  `the command runs ${sanitize(program)}, and what that starts is not watched without ${option}`;
