import { RsymError } from '../base/errors.ts';
import { type Address, address, fileOffset } from '../base/units.ts';
import { toAddress } from '../elf/address-map.ts';
import type { Image } from '../elf/model.ts';
import { resolveHere } from '../trace/resolve.ts';
import { mappings } from './mappings.ts';
import { identityOf } from './processes.ts';

/**
 * The implementation behind an IFUNC. The symbol is a resolver that the dynamic linker calls once; probing it would
 * see that one call. Which implementation it picks depends on the processor alone, so what our own linker picked in
 * the same file is what other programs use too.
 *
 * @throws {RsymError} `unsupported` where that can't be known.
 */
export const implementationOf = (image: Image, name: string): Address => {
  const refuse = (reason: string): never => {
    throw new RsymError('unsupported', `${name} is chosen at run time and can't be resolved`, {
      reason,
      hints: ['name the implementation itself, such as __strlen_avx2, if the file has its symbol'],
    });
  };
  const plain = name.replace(/@.*$/, '');
  const chosen = resolveHere(plain);
  if (chosen === 0n) return refuse(`rsym's own process has no ${plain} to compare with`);
  const own = mappings('self').find((mapping) => chosen >= mapping.start && chosen < mapping.end);
  const here = own && identityOf(own.reachable);
  const there = identityOf(image.path);
  if (!own || !here || !there || here.dev !== there.dev || here.ino !== there.ino) {
    return refuse(`rsym's own process uses another file for ${plain} (${own?.path ?? 'none'})`);
  }
  const at = toAddress(image, fileOffset(chosen - own.start + own.offset));
  return at === undefined ? refuse('its implementation is in no loaded part of the file') : address(at);
};
