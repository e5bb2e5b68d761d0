import type { Evidence, ReturnPlan, ValuePlan } from '../abi/model.ts';
import type { EndedCall } from './correlate.ts';
import { type DecodedValue, decodeShape } from './decode/decode.ts';
import type { CallEvent, ShownValue } from './event.ts';
import type { Capture } from './record.ts';
import type { AfterPlan, ProbeSite } from './site.ts';
import type { EnteredCall } from './thread-calls.ts';

export type ShowLimits = {
  /** Elements of a sequence that are shown. */
  readonly items: number;
};

/** Decodes captured values of one probed address; `address` is that address as linked. */
class Reader {
  readonly #capture: Capture;
  readonly #site: ProbeSite;
  readonly #address: bigint | null;
  readonly #limits: ShowLimits;

  constructor(capture: Capture, site: ProbeSite, address: bigint | null, limits: ShowLimits) {
    this.#capture = capture;
    this.#site = site;
    this.#address = address;
    this.#limits = limits;
  }

  readonly #concrete = (vtable: bigint) => {
    const { rip } = this.#capture;
    return rip === null || this.#address === null ? null : this.#site.concrete(vtable - (rip - this.#address));
  };

  #decode(shape: ValuePlan['shape'], slot: number): DecodedValue {
    const captured = this.#capture.slots[slot];
    if (captured === undefined) return { value: { $missing: 'gone' }, text: '<gone>' };
    const { memory } = this.#capture;
    return decodeShape(shape, captured, { memory, concrete: this.#concrete, items: this.#limits.items });
  }

  value(plan: ValuePlan | ReturnPlan, index: number): ShownValue {
    const { name, type, evidence, note } = plan;
    const { first = 0, count = 0 } = this.#capture.values[index] ?? {};
    if (evidence === 'conflict') {
      const candidates = plan.candidates.slice(0, count).map((candidate, i) => ({
        evidence: candidate.evidence,
        ...this.#decode(plan.shape, first + i),
      }));
      return {
        name,
        type,
        evidence,
        note,
        value: { $missing: 'conflict' },
        text: conflictText(candidates),
        candidates,
      };
    }
    const { missing = [] } = this.#capture.slots[first] ?? {};
    const isGone = missing.some(({ start, end, why }) => why === 'gone' && start === 0 && end >= plan.shape.size);
    if (isGone && plan.shape.size > 0)
      return { name, type, evidence: 'gone', note, value: { $missing: 'gone' }, text: '<gone>' };
    // What is told of a place doesn't matter to one who sees the value, unless it rests on an assumption.
    const isWhole = missing.length === 0 && plan.shape.size > 0 && evidence !== 'given' && evidence !== 'gone';
    return shownValue(name, type, evidence, isWhole ? null : note, this.#decode(plan.shape, first));
  }

  after({ name, type, shape, evidence }: AfterPlan, index: number): ShownValue {
    const { first = 0 } = this.#capture.values[index] ?? {};
    return shownValue(name, type, evidence, null, this.#decode(shape, first));
  }
}

// For each value of each event: a literal, since spreading takes several times as long as all the rest.
const shownValue = (
  name: string,
  type: string,
  evidence: Evidence,
  note: string | null,
  { value, text, counts }: DecodedValue,
): ShownValue =>
  counts === undefined
    ? { name, type, value, text, evidence, note }
    : { name, type, value, text, evidence, note, counts };

/** What it would be at each of the places that are claimed. */
const conflictText = (candidates: readonly { readonly text: string }[]): string =>
  candidates.length === 0 ? '<conflict>' : `<conflict ${candidates.map(({ text }) => text).join(' or ')}>`;

/** A tail call has none but for one in memory that nobody else knows. */
export const hasResult = ({ values, isPassed }: Capture): boolean => values.length > 0 && !isPassed;

/** What returns `()` does so whatever comes behind it. */
const nothing = ({ name, type, mode, evidence, note }: ReturnPlan): ShownValue | null =>
  mode === 'none' ? { name, type, value: [], text: '()', evidence, note } : null;

/** The event of a call at its beginning (`ended` null) or at its end; `exitAddress`: that of the exit's probe, as linked. */
export const showCall = (
  site: ProbeSite,
  call: EnteredCall,
  event: CallEvent['event'],
  ended: EndedCall | null,
  exitAddress: bigint | null,
  seq: number,
  limits: ShowLimits,
): CallEvent => {
  const { enter, parent, depth } = call;
  const entry = new Reader(enter.capture, site, site.entryAddress, limits);
  const returned = ended?.ret?.capture;
  const exit = returned && hasResult(returned) ? new Reader(returned, site, exitAddress, limits) : null;
  const shown: CallEvent = {
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
    args: site.plan.args.map((plan, i) => entry.value(plan, i)),
    ret: exit !== null ? exit.value(site.plan.ret, 0) : ended?.outcome === 'tail-call' ? nothing(site.plan.ret) : null,
    outcome: ended?.outcome ?? null,
    duration: ended?.duration ?? null,
  };
  if (exit === null || ended?.outcome !== 'returned' || site.after.length === 0) return shown;
  return { ...shown, after: site.after.map((plan, i) => exit.after(plan, i + 1)) };
};
