import { type Flow, openFlow } from '../../src/code/flow.ts';
import { at, bytesOf, readerOf } from './assembled.ts';

/** The function whose code is `hex`, at 0x1000; `functions` start elsewhere. */
export const flowOf = (hex: string, functions: readonly number[] = []): Flow => {
  const size = BigInt(bytesOf(hex).length);
  const flow = openFlow(
    { start: at(0x1000), size },
    readerOf({ 4096: hex }),
    (place) => place === 0x1000n || functions.includes(Number(place)),
  );
  if (typeof flow === 'string') throw new Error(flow);
  return flow;
};
