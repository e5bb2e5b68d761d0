import { RsymError } from '../base/errors.ts';
import { type Address, address, fileOffset } from '../base/units.ts';
import { toAddress } from '../elf/address-map.ts';
import type { Image } from '../elf/model.ts';
import { resolveHere } from '../trace/resolve.ts';
import { chosenBy } from './irelative.ts';
import { type MappedFile, mappings } from './mappings.ts';
import { type FileIdentity, identityOf } from './processes.ts';

const isFile = (path: string, file: FileIdentity): boolean => {
  const other = identityOf(path);
  return other !== null && other.dev === file.dev && other.ino === file.ino;
};

/**
 * The implementation behind an IFUNC. The symbol is a resolver that the dynamic linker calls once; probing it would
 * see that one call. What a process's linker chose stands in a relocated slot of that process; else, since the choice
 * depends on the processor alone, what our own linker chose in the same file is what other programs use too.
 *
 * @throws {RsymError} `unsupported` where that can't be known.
 */
export const implementationOf = (
  image: Image,
  name: string,
  resolver: Address,
  pids: readonly number[] = [],
): Address => {
  const refuse = (reason: string): never => {
    throw new RsymError('unsupported', `${name} is chosen at run time and can't be resolved`, {
      reason,
      hints: [
        'watch a running process with -p: its choice is read there',
        'or name the implementation itself, such as __strlen_avx2, if the file has its symbol',
      ],
    });
  };
  const file = identityOf(image.path);
  if (file === null) return refuse('the file is gone');
  const filesOf = (pid: number | 'self'): MappedFile[] => mappings(pid).filter((own) => isFile(own.reachable, file));
  for (const pid of [...pids, process.pid]) {
    const chosen = chosenBy(image, pid, filesOf(pid), resolver);
    if (chosen !== undefined) return chosen;
  }
  const plain = name.replace(/@.*$/, '');
  const chosen = resolveHere(plain);
  if (chosen === 0n) return refuse(`rsym's own process has no ${plain} to compare with`);
  const own = mappings('self').find((mapping) => chosen >= mapping.start && chosen < mapping.end);
  if (own === undefined) return refuse('what is chosen here is in no file: the kernel brings it (vDSO)');
  if (!isFile(own.reachable, file)) return refuse(`rsym's own process uses another file for ${plain} (${own.path})`);
  const at = toAddress(image, fileOffset(chosen - own.start + own.offset));
  return at === undefined ? refuse('its implementation is in no loaded part of the file') : address(at);
};
