import { phaseOf } from '../../expr/phase.ts';
import type { ProbeSite } from '../site.ts';

/** Whether which calls are counted, and where, is known only as they return. */
export const isLate = ({ when, by }: ProbeSite): boolean =>
  (when !== undefined && phaseOf(when) === 'exit') || (by !== undefined && phaseOf(by) === 'exit');
