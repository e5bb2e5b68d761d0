import { run } from '../../support/process.ts';

/** Address of each function symbol, as linked; from nm. */
export const symbolAddresses = (binary: string): Map<string, string> =>
  new Map(
    run('nm', [binary])
      .stdout.split('\n')
      .flatMap((line) => {
        const [address, kind, name] = line.split(' ');
        return name !== undefined && /^[tTwW]$/.test(kind!) ? [[name, `0x${address}`] as const] : [];
      }),
  );
