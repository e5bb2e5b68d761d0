import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Finished, type ProcessOptions, type Running, run, start } from './process.ts';

/** The built command line; RSYM_PROGRAM names another build of it, such as an installed package's. */
export const program = process.env['RSYM_PROGRAM'] ?? fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

const commandLine = (args: readonly string[]): string[] => {
  if (!existsSync(program)) throw new Error('dist/cli/main.js is missing: npm run build');
  return [program, ...args];
};

/** Runs rsym to its end, with an empty stdin unless `input` is given. */
export const cli = (args: readonly string[], options: ProcessOptions = {}): Finished =>
  run(process.execPath, commandLine(args), options);

export type Run = Pick<Finished, 'status' | 'stdout' | 'stderr'>;

/** Like `cli`, with only the three facts that most tests compare whole. */
export const rsym = (args: readonly string[], options: ProcessOptions = {}): Run => {
  const { status, stdout, stderr } = cli(args, options);
  return { status, stdout, stderr };
};

/** A run that must fail as rsym fails: the status asked for, nothing on stdout, a message and no stack trace. Gives the message. */
export const cliFail = (args: readonly string[], options: ProcessOptions & { status?: number } = {}): string => {
  const { status: expected = 2, ...rest } = options;
  const { status, signal, stdout, stderr } = cli(args, rest);
  const faults = [
    status !== expected && `status is ${status ?? signal}, not ${expected}`,
    stdout !== '' && 'stdout is not empty',
    stderr.trim() === '' && 'there is no message',
    /^\s+at .*:\d+:\d+\)?$/m.test(stderr) && 'there is a stack trace',
  ].filter((fault) => fault !== false);
  if (faults.length > 0) {
    throw new Error(`rsym ${args.join(' ')}: ${faults.join('; ')}\n--- stdout\n${stdout}\n--- stderr\n${stderr}`);
  }
  return stderr;
};

/** Starts rsym and leaves it running: `await using traced = startCli([...])`. */
export const startCli = (args: readonly string[], options: ProcessOptions = {}): Running =>
  start(process.execPath, commandLine(args), options);
