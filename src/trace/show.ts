import type { ArgPlan, ReturnPlan } from '../abi/model.ts';
import type { EndedCall } from './correlate.ts';
import type { CallEvent, ShownValue } from './event.ts';
import type { ProbeSite } from './site.ts';
import type { EnteredCall } from './thread-calls.ts';
import { type Captured, decodeValue } from './value.ts';

const show = (name: string, plan: ArgPlan | ReturnPlan, captured: Captured | undefined): ShownValue => {
  const gone = plan.places.find((place) => place.kind === 'gone');
  if (gone?.kind === 'gone' || !captured) {
    return {
      name,
      type: plan.type,
      value: { $missing: 'gone' },
      text: '<gone>',
      evidence: 'gone',
      note: gone?.kind === 'gone' ? gone.reason : plan.note,
    };
  }
  const { value, text } = decodeValue(plan.shape, captured);
  return { name, type: plan.type, value, text, evidence: plan.evidence, note: plan.note };
};

/** The event of a call at its beginning (`ended` null) or at its end. */
export const showCall = (
  site: ProbeSite,
  call: EnteredCall,
  event: CallEvent['event'],
  ended: EndedCall | null,
  seq: number,
): CallEvent => {
  const { enter, parent, depth } = call;
  return {
    event,
    time: enter.time,
    seq,
    callId: enter.sequence,
    parent,
    depth,
    pid: enter.tgid,
    tid: enter.tid,
    comm: enter.comm,
    function: site.name,
    copy: site.copy,
    args: site.plan.args.map((plan, i) => show(plan.name, plan, enter.values[i])),
    ret: ended?.outcome === 'returned' ? show('', site.plan.ret, ended.ret ?? undefined) : null,
    outcome: ended?.outcome ?? null,
    duration: ended?.duration ?? null,
  };
};
