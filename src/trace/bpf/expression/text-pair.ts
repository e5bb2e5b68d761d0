import { add, alu, type Code, jump, jumpIf, label, load, mov, store } from '../asm.ts';
import type { Lowering, Ways } from './lowering.ts';
import { leaveByStale } from './stale.ts';
import { forget } from './words.ts';

/** A text in the process, by words of the frame. */
type Counted = { readonly address: number; readonly length: number; readonly isBehind: boolean };

const pageSize = 4096;
const chunk = 32;
/** Of more than 4 KiB a text isn't compared to its end; it is read up to the ends of pages, too. */
const rounds = 132;

/** Whether two texts are the same. A part of both is read at a time, which no page's end is in: it is there or it isn't. */
export const sameTexts = (a: Counted, b: Counted, { yes, no, doubt }: Ways, lowering: Lowering): Code =>
  lowering.frame.with(3 + (2 * chunk) / 8, (offset) => {
    const [size, round, buffer] = [offset + 8, offset + 16, offset + 24];
    const again = lowering.label();
    const texts = [
      { ...a, to: buffer },
      { ...b, to: buffer + chunk },
    ];
    const words = Array.from({ length: chunk / 8 }, (_, i) => 8 * i);
    return [
      load(8, 'r0', 'r10', a.length),
      load(8, 'r1', 'r10', b.length),
      jumpIf('ne', 'r0', 'r1', no),
      store(8, 'r10', offset, 0),
      store(8, 'r10', round, 0),
      label(again),
      load(8, 'r4', 'r10', offset),
      load(8, 'r2', 'r10', a.length),
      alu('sub', 'r2', 'r4'),
      jumpIf('eq', 'r2', 0, yes),
      atMost(chunk, lowering),
      texts.map(
        ({ address }): Code => [
          load(8, 'r1', 'r10', address),
          add('r1', 'r4'),
          alu('and', 'r1', pageSize - 1),
          mov('r0', pageSize),
          alu('sub', 'r0', 'r1'),
          atMost('r0', lowering),
        ],
      ),
      forget('r2', size),
      // It is neither: that the verifier is told.
      jumpIf('eq', 'r2', 0, yes),
      jumpIf('gt', 'r2', chunk, no),
      store(8, 'r10', size, 'r2'),
      texts.map(
        ({ address, to, isBehind }): Code => [
          words.map((by) => store(8, 'r10', to + by, 0)),
          load(8, 'r3', 'r10', address),
          load(8, 'r4', 'r10', offset),
          add('r3', 'r4'),
          load(8, 'r2', 'r10', size),
          isBehind ? leaveByStale('r2', doubt.to('gone'), lowering) : [],
          mov('r1', 'r10'),
          add('r1', to),
          lowering.probe.memory.read,
          jumpIf('ne', 'r0', 0, doubt.to('unreadable')),
        ],
      ),
      words.map(
        (by): Code => [
          load(8, 'r0', 'r10', buffer + by),
          load(8, 'r1', 'r10', buffer + chunk + by),
          jumpIf('ne', 'r0', 'r1', no),
        ],
      ),
      load(8, 'r0', 'r10', offset),
      load(8, 'r2', 'r10', size),
      add('r0', 'r2'),
      store(8, 'r10', offset, 'r0'),
      load(8, 'r0', 'r10', round),
      add('r0', 1),
      store(8, 'r10', round, 'r0'),
      jumpIf('lt', 'r0', rounds, again),
      jump(doubt.to('truncated')),
    ];
  });

/** r2 = the lesser one. */
const atMost = (most: number | 'r0', lowering: Lowering): Code => {
  const less = lowering.label();
  return [jumpIf('le', 'r2', most, less), mov('r2', most), label(less)];
};
