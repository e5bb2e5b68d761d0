#!/usr/bin/env node
import { readFileSync, writeSync } from 'node:fs';

// The only file that ends the process. `--version` is answered before anything else is loaded.

const version = (): string => {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return (manifest as { version: string }).version;
};

const printVersion = (): number => {
  try {
    writeSync(1, `${version()}\n`);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EPIPE') return 0;
    process.stderr.write(`rsym: cannot write the output\n  ${message}\n`);
    return 2;
  }
  return 0;
};

const runCommand = async (args: readonly string[]): Promise<number> => {
  const { keepInheritedFiles } = await import('../base/inherited-files.ts');
  // Before terminals and files are opened, which would be taken for inherited ones.
  keepInheritedFiles();
  const { fail, run, wantsDebug } = await import('./run.ts');
  process.on('uncaughtException', (error) => process.exit(fail(error, wantsDebug(args))));
  return run(args, version);
};

const args = process.argv.slice(2);
process.exit(args[0] === '--version' || args[0] === '-V' ? printVersion() : await runCommand(args));
