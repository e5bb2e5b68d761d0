import { RsymError } from '../../base/errors.ts';
import { close, closeAsync, mmap, munmap } from './libc.ts';
import { errnoName, MAP_SHARED } from './uapi.ts';

/** A file descriptor that belongs to one owner; `using` closes it. */
export class OwnedFd implements Disposable {
  #fd: number;

  constructor(fd: number) {
    this.#fd = fd;
  }

  get value(): number {
    if (this.#fd < 0) throw new RsymError('internal', 'a closed file descriptor was used');
    return this.#fd;
  }

  [Symbol.dispose](): void {
    if (this.#fd >= 0) close(this.#fd);
    this.#fd = -1;
  }

  /** As disposing of it, without holding up this thread. */
  async closeAsync(): Promise<void> {
    const fd = this.#fd;
    this.#fd = -1;
    if (fd >= 0) await closeAsync(fd);
  }
}

/** Shared memory mapped from a descriptor; the views die with it. */
export class OwnedMapping implements Disposable {
  readonly view: ArrayBuffer;
  readonly #address: bigint;
  readonly #length: number;
  #mapped = true;

  constructor(fd: OwnedFd, length: number, protection: number, offset: number) {
    const mapped = mmap(fd.value, length, protection, MAP_SHARED, offset);
    if (!mapped.ok) {
      throw new RsymError('unsupported', 'cannot map kernel memory', {
        reason: `mmap failed (${errnoName(mapped.errno)})`,
      });
    }
    this.view = mapped.view;
    this.#address = mapped.address;
    this.#length = length;
  }

  [Symbol.dispose](): void {
    if (this.#mapped) munmap(this.#address, this.#length);
    this.#mapped = false;
  }
}
