import { readFileSync } from 'node:fs';
import { RsymError } from '../base/errors.ts';
import { ownFile } from '../base/own-file.ts';

/** Copies bytes at `offset` of an open file to `into`; returns how many there were. Throws nothing. */
export type ReadAt = (offset: number, into: Uint8Array) => number;

type Memory = { readonly buffer: ArrayBuffer };

/** The few parts of the global that are used; the compiler's library has it only together with a browser's. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: Readonly<Record<string, unknown>> };
};

export type Exports = { readonly memory: Memory } & Record<string, (...args: (number | bigint)[]) => number>;

/** Instances that a trap has left in no known state: nothing is asked of them again, and nothing given back. */
const trapped = new WeakSet<Exports>();

export const isTrapped = (core: Exports): boolean => trapped.has(core);

/** Runs something in the core. A trap (any error but rsym's own) is remembered, and thrown on. */
export const guard = <T>(core: Exports, run: () => T): T => {
  if (trapped.has(core)) throw new Error('an earlier call trapped');
  try {
    return run();
  } catch (error) {
    if (!(error instanceof RsymError)) trapped.add(core);
    throw error;
  }
};

let loaded: Uint8Array | undefined;
let compiled: object | undefined;

/** The core as it was built, the same bytes throughout this process. */
export const coreBytes = (): Uint8Array => {
  loaded ??= readFileSync(ownFile('core/elfinfo.wasm'));
  return loaded;
};

const none: ReadAt = () => 0;

/**
 * A fresh instance of the core. Memory of WebAssembly grows and never shrinks: an instance of its own for each image
 * gives it all back when the image is forgotten. The module is compiled once.
 */
export const instantiate = (readAt: ReadAt = none): Exports => {
  try {
    compiled ??= new WebAssembly.Module(coreBytes());
  } catch (cause) {
    throw new RsymError('internal', 'cannot load the wasm core', { hints: ['npm run wasm'], cause });
  }
  let memory: Memory | undefined;
  const read = (_source: number, offset: bigint, into: number, length: number): number =>
    memory ? readAt(Number(offset), new Uint8Array(memory.buffer, into >>> 0, length >>> 0)) : 0;
  const instance = new WebAssembly.Instance(compiled, { host: { read } });
  memory = instance.exports['memory'] as Memory;
  return instance.exports as unknown as Exports;
};
