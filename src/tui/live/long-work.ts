import { RsymError } from '../../base/errors.ts';
import type { Desk } from '../desk.ts';
import type { LiveNews } from './state.ts';

/** A key's answer is drawn within 16 ms: what takes longer is done behind it, piece by piece. */
const stepMs = 4;

/**
 * Goes through work that gives back often, a few milliseconds at a time, as long as it is wanted; tells its result.
 * `atEnd` is called once it is done, or has failed.
 */
export const inSteps = <Result>(
  desk: Desk<LiveNews>,
  isWanted: () => boolean,
  work: Generator<void, Result>,
  tell: (result: Result) => void,
  atEnd: () => void = () => undefined,
): void => {
  const go = (): void => {
    let isDone = true;
    try {
      isDone = told(desk, () => {
        for (const end = performance.now() + stepMs; ; ) {
          const { done, value } = work.next();
          if (done) {
            tell(value);
            return true;
          }
          if (performance.now() >= end) return false;
        }
      });
    } finally {
      if (isDone) atEnd();
    }
    if (!isDone) desk.later(isWanted, go);
  };
  desk.later(isWanted, go);
};

/** Does work that says whether it is done; a refusal is told where it was asked for, and ends it. */
export const told = (desk: Desk<LiveNews>, work: () => boolean): boolean => {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof RsymError) || error.code === 'internal') throw error;
    desk.tell({ kind: 'refused', error });
    return true;
  }
};
