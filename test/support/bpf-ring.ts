import { RINGBUF } from '../../src/trace/sys/uapi.ts';
import { type AddressSpace, Region } from './bpf-memory.ts';

const EAGAIN = -11n;

/** The ring buffer of the machine that runs programs in tests. */
export class BpfRing {
  readonly #memory: AddressSpace;
  readonly #records: { bytes: Buffer; address: bigint; state: 'busy' | 'ready' | 'discarded' }[] = [];
  readonly wakeUps: bigint[] = [];

  constructor(memory: AddressSpace) {
    this.#memory = memory;
  }

  /** The records handed over since the last call, in ring order up to the first unfinished one; their room is free again. */
  take(): Buffer[] {
    const taken: Buffer[] = [];
    while (this.#records.length > 0 && this.#records[0]?.state !== 'busy') {
      const record = this.#records.shift();
      if (record?.state === 'ready') taken.push(record.bytes);
    }
    return taken;
  }

  get isBusy(): boolean {
    return this.#records.some(({ state }) => state === 'busy');
  }

  get used(): number {
    return this.#records.reduce((sum, { bytes }) => sum + takes(bytes.length), 0);
  }

  #hasRoom(size: number, capacity: number): boolean {
    return this.used + takes(size) <= capacity - 1;
  }

  reserve(size: number, capacity: number): bigint {
    if (!this.#hasRoom(size, capacity)) return 0n;
    // The ring holds what earlier records left there.
    const region = new Region('a record', Buffer.alloc(size, 0xa5), false);
    const address = this.#memory.add(region);
    this.#records.push({ bytes: region.bytes, address, state: 'busy' });
    return address;
  }

  finish(at: bigint, state: 'ready' | 'discarded', flags: bigint): void {
    const record = this.#records.find((one) => one.address === at && one.state === 'busy');
    if (!record) throw new Error(`${state}: no reserved record`);
    record.state = state;
    this.#memory.drop(record.address);
    if (state === 'ready') this.wakeUps.push(flags);
  }

  output(bytes: Buffer, capacity: number, flags: bigint): bigint {
    if (!this.#hasRoom(bytes.length, capacity)) return EAGAIN;
    this.#records.push({ bytes: Buffer.from(bytes), address: 0n, state: 'ready' });
    this.wakeUps.push(flags);
    return 0n;
  }
}

const takes = (size: number): number => RINGBUF.headerSize + ((size + 7) & ~7);
