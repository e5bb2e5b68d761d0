import type { Address } from '../base/units.ts';
import type { CoreDebug } from '../core/debug.ts';
import { giveFrames, readFrameAddress } from '../core/debug-variables.ts';
import { SHT_NOBITS } from './debug-sections.ts';
import type { Image } from './model.ts';

/**
 * Call frame information: that in the image itself, since a separate debug file has no more than the header of its
 * `.eh_frame`, then `.debug_frame` of the debug info.
 */
export class CallFrames {
  readonly #core: CoreDebug;
  readonly #image: Image;
  #isGiven = false;

  constructor(core: CoreDebug, image: Image) {
    this.#core = core;
    this.#image = image;
  }

  /** Throws RsymError `input` where the file is too short for the section. */
  frameAddress(at: Address): { readonly register: number; readonly offset: bigint } | null {
    if (!this.#isGiven) this.#give();
    return readFrameAddress(this.#core, at);
  }

  #give(): void {
    const { sections, bits, machine } = this.#image;
    const section = sections.find(({ name, type }) => name === '.eh_frame' && type !== SHT_NOBITS);
    giveFrames(this.#core, {
      bytes: section ? this.#image.readBytes(section.fileOffset, Number(section.size)) : new Uint8Array(),
      address: section?.address ?? 0n,
      addressSize: (bits ?? 32) / 8,
      isAArch64: machine === 'aarch64',
    });
    this.#isGiven = true;
  }
}
