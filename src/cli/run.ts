import { RsymError } from '../base/errors.ts';
import { renderError } from '../report/error.ts';
import { answerPlainly } from './commands.ts';
import { isClosedPipe, paletteFor } from './output.ts';
import { Stopped, stopReason } from './stop.ts';

/** Runs one command line and returns the exit status; prints its own errors. */
export const run = async (args: readonly string[], version: () => string): Promise<number> => {
  // Without a listener a closed pipe is an uncaught exception; writers learn of it from their own callbacks.
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);
  try {
    return await answer(args, version);
  } catch (error) {
    return fail(error, wantsDebug(args));
  }
};

const answer = async (args: readonly string[], version: () => string): Promise<number> => {
  if (!(await answerPlainly(args))) {
    const { answerByProgram } = await import('./program.ts');
    const status = await answerByProgram(args, version());
    if (status !== 0) return status;
  }
  return stopReason()?.exitCode ?? Number(process.exitCode ?? 0);
};

/** `--debug`, or RSYM_DEBUG set to anything but nothing and `0`. */
export const wantsDebug = (args: readonly string[]): boolean => {
  const env = process.env['RSYM_DEBUG'];
  const own = args.includes('--') ? args.slice(0, args.indexOf('--')) : args;
  return own.includes('--debug') || (env !== undefined && env !== '' && env !== '0');
};

/** Prints an error on stderr and returns the exit status that goes with it. */
export const fail = (error: unknown, debug: boolean): number => {
  if (isClosedPipe(error)) return 0;
  if (error instanceof Stopped) return error.exitCode;
  process.stderr.write(renderError(error, { palette: paletteFor(process.stderr), debug }));
  return error instanceof RsymError && error.code === 'not-found' ? 1 : 2;
};
