import type { ReturnPlan, ValuePlan } from '../abi/model.ts';
import type { CaptureLayout } from './capture-layout.ts';
import type { EndedCall } from './correlate.ts';
import type { CallEvent, Outcome, ShownValue } from './event.ts';
import { quickValue } from './quick/plan.ts';
import type { EnterRecord, ExitRecord } from './record.ts';
import { EntryBytes, ExitBytes } from './record-bytes.ts';
import { type ShowLimits, showCall } from './show.ts';
import type { CopyInfo, ProbeSite } from './site.ts';
import type { EnteredCall } from './thread-calls.ts';

type Quick = ReturnType<typeof quickValue>;

/**
 * A call's event of which everything is found when it is asked for, for a reader that wants texts: a value whose quick
 * text does is never decoded, and most of the rest is read straight from the record. Its properties are getters: it is
 * no plain object that could be copied.
 */
class CallText implements CallEvent {
  readonly event: CallEvent['event'];
  readonly seq: number;
  readonly args: readonly ShownValue[];
  readonly #site: ProbeSite;
  readonly #call: EnteredCall;
  readonly #ended: EndedCall | null;
  readonly #exitAddress: bigint | null;
  readonly #limits: ShowLimits;
  readonly #quickResult: Quick;
  #full: CallEvent | null = null;

  constructor(
    shower: CallTexts,
    call: EnteredCall,
    event: CallEvent['event'],
    ended: EndedCall | null,
    exitAddress: bigint | null,
    quickResult: Quick,
    seq: number,
  ) {
    this.event = event;
    this.seq = seq;
    this.#site = shower.site;
    this.#limits = shower.limits;
    this.#call = call;
    this.#ended = ended;
    this.#exitAddress = exitAddress;
    this.#quickResult = quickResult;
    // Not pushed to: the first push makes room for 17.
    const args = new Array<ShownValue>(shower.quick.length);
    const { enter } = call;
    for (let i = 0; i < args.length; i++) {
      const plan = shower.site.plan.args[i];
      const text = textOf(shower.quick[i] ?? null, enter);
      args[i] = text === null || plan === undefined ? full(this, i) : new ValueText(this, i, plan, text);
    }
    this.args = args;
  }

  /** The event with everything decoded. */
  get full(): CallEvent {
    this.#full ??= showCall(this.#site, this.#call, this.event, this.#ended, this.#exitAddress, this.seq, this.#limits);
    return this.#full;
  }

  get time(): bigint {
    return this.#call.enter.time;
  }
  get callId(): number {
    return this.#call.enter.sequence;
  }
  get parent(): number | null {
    return this.#call.parent;
  }
  get depth(): number {
    return this.#call.depth;
  }
  get pid(): number {
    return this.#call.enter.tgid;
  }
  get tid(): number {
    return this.#call.enter.tid;
  }
  get comm(): string {
    return this.#call.enter.comm;
  }
  get function(): string {
    return this.#site.name;
  }
  get copy(): CopyInfo {
    return this.#site.copy;
  }
  get outcome(): Outcome | null {
    return this.#ended?.outcome ?? null;
  }
  get duration(): bigint | null {
    return this.#ended?.duration ?? null;
  }
  get ret(): ShownValue | null {
    const { ret: exit = null, outcome = null } = this.#ended ?? {};
    if (exit === null && outcome !== 'tail-call') return null;
    const text = exit === null || this.#site.plan.ret.mode === 'none' ? null : textOf(this.#quickResult, exit);
    return text === null ? this.full.ret : new ValueText(this, null, this.#site.plan.ret, text);
  }
  /** Undefined where there are none. */
  get after(): readonly ShownValue[] {
    return this.#site.after.length === 0 ? none : (this.full.after ?? none);
  }
}

const none: readonly ShownValue[] = [];

const full = (call: CallText, index: number): ShownValue => call.full.args[index] ?? unknown;
const unknown: ShownValue = { name: '', type: '', value: null, text: '', evidence: 'gone', note: null };

/** Null also where the record isn't one of bytes. */
const textOf = (quick: Quick, record: EnterRecord | ExitRecord): string | null =>
  quick !== null && (record instanceof EntryBytes || record instanceof ExitBytes)
    ? quick(record.view, record.base)
    : null;

/** A whole value by its quick text; `index` null: the result. */
class ValueText implements ShownValue {
  readonly text: string;
  readonly #call: CallText;
  readonly #index: number | null;
  readonly #plan: ValuePlan | ReturnPlan;

  constructor(call: CallText, index: number | null, plan: ValuePlan | ReturnPlan, text: string) {
    this.text = text;
    this.#call = call;
    this.#index = index;
    this.#plan = plan;
  }

  get name(): string {
    return this.#plan.name;
  }
  get type(): string {
    return this.#plan.type;
  }
  get evidence(): ShownValue['evidence'] {
    return this.#plan.evidence;
  }
  /** As `showCall` has it for a value of which nothing is missing. */
  get note(): string | null {
    return this.#plan.evidence === 'given' ? this.#plan.note : null;
  }
  get value(): ShownValue['value'] {
    const { full } = this.#call;
    return (this.#index === null ? full.ret : full.args[this.#index])?.value ?? null;
  }
}

/** The events of one function's calls. */
export class CallTexts {
  readonly site: ProbeSite;
  readonly limits: ShowLimits;
  /** By argument. */
  readonly quick: readonly Quick[];
  readonly #results = new Map<CaptureLayout, Quick>();

  constructor(site: ProbeSite, entry: CaptureLayout, limits: ShowLimits) {
    this.site = site;
    this.limits = limits;
    this.quick = site.plan.args.map((plan, i) => quickOf(plan, entry, i, limits));
  }

  event(
    call: EnteredCall,
    event: CallEvent['event'],
    ended: EndedCall | null,
    exitAddress: bigint | null,
    seq: number,
  ): CallEvent {
    const exit = ended?.ret;
    const result = exit instanceof ExitBytes && ended?.outcome === 'returned' ? this.#result(exit.layout) : null;
    return new CallText(this, call, event, ended, exitAddress, result, seq);
  }

  #result(layout: CaptureLayout): Quick {
    const known = this.#results.get(layout);
    if (known !== undefined) return known;
    const made = quickOf(this.site.plan.ret, layout, 0, this.limits);
    this.#results.set(layout, made);
    return made;
  }
}

const quickOf = (plan: ValuePlan | ReturnPlan, layout: CaptureLayout, value: number, { items }: ShowLimits): Quick =>
  plan.evidence === 'conflict' || plan.evidence === 'gone' ? null : quickValue(plan.shape, layout, value, items);
