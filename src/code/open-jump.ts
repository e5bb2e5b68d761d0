import type { Flow } from './flow.ts';
import type { Frames } from './frames.ts';
import { idOf } from './register-id.ts';

const rsp = idOf('rsp');

/**
 * Whether an indirect jump of which the targets are not known may stay inside the function, as a jump table does. It
 * leaves if the frame is taken down just before it, or if there is no code that only it could come to.
 */
export const mayStayInside = (flow: Flow, frames: Frames): boolean =>
  flow.instructions.some((each, i) => {
    if (!each.isOpen) return false;
    if (frames.rsp[i] !== 0) return true;
    return flow.orphans.length > 0 && !takesFrameDown(flow, i);
  });

const takesFrameDown = (flow: Flow, jump: number): boolean => {
  for (let i = jump; i > 0 && !flow.targets.has(i); i--) {
    const before = flow.instructions[i - 1];
    if (before === undefined || before.step !== undefined) return false;
    const { action } = before.effects;
    if (action?.kind === 'pop' || action?.kind === 'leave') return true;
    if (action?.kind === 'add' && action.to === rsp && action.amount > 0) return true;
  }
  return false;
};
