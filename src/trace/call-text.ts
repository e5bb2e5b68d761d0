import type { ReturnPlan, ValuePlan } from '../abi/model.ts';
import { TextBytes } from '../base/text-bytes.ts';
import type { Environment } from '../expr/environment.ts';
import { callEnvironment } from './call-environment.ts';
import type { CaptureLayout } from './capture-layout.ts';
import type { EndedCall } from './correlate.ts';
import type { CallEvent, CallWriter, Outcome, ShownValue } from './event.ts';
import { type KeptCall, type KnownExit, packCall, readPackedCall } from './packed-call.ts';
import { type QuickValue, quickValue } from './quick/plan.ts';
import type { EnterRecord, ExitRecord } from './record.ts';
import { EntryBytes, ExitBytes } from './record-bytes.ts';
import type { RecordMemory } from './record-memory.ts';
import type { RecordRoom } from './record-room.ts';
import { type ShowLimits, showCall } from './show.ts';
import type { CopyInfo, ProbeSite } from './site.ts';
import type { EnteredCall } from './thread-calls.ts';

/**
 * A call's event of which everything is found when it is asked for, for a reader that wants texts: a value whose quick
 * text does is never decoded, and most of the rest is read straight from the record. Its properties are getters: it is
 * no plain object that could be copied.
 */
class CallText implements CallEvent, CallWriter {
  readonly event: CallEvent['event'];
  readonly seq: number;
  readonly #shower: CallTexts;
  readonly #call: EnteredCall;
  readonly #ended: EndedCall | null;
  readonly #exitAddress: bigint | null;
  #args: readonly ShownValue[] | null = null;
  #full: CallEvent | null = null;

  constructor(
    shower: CallTexts,
    call: EnteredCall,
    event: CallEvent['event'],
    ended: EndedCall | null,
    exitAddress: bigint | null,
    seq: number,
  ) {
    this.event = event;
    this.seq = seq;
    this.#shower = shower;
    this.#call = call;
    this.#ended = ended;
    this.#exitAddress = exitAddress;
  }

  /** The event with everything decoded. */
  get full(): CallEvent {
    const { site, limits } = this.#shower;
    this.#full ??= showCall(site, this.#call, this.event, this.#ended, this.#exitAddress, this.seq, limits);
    return this.#full;
  }

  get environment(): Environment {
    const { enter } = this.#call;
    return callEnvironment(this.#shower.site, enter, this.#ended?.ret ?? null, this.#ended?.duration ?? null);
  }

  keepIn(room: RecordRoom): number | null {
    const { seq, event } = this;
    return this.#shower.keep(room, {
      seq,
      event,
      call: this.#call,
      ended: this.#ended,
      exitAddress: this.#exitAddress,
    });
  }

  get writer(): CallWriter {
    return this;
  }

  get names(): readonly string[] {
    return this.#shower.names;
  }

  nsSince(upper: number, lower: number): number {
    const { enter } = this.#call;
    if (enter instanceof EntryBytes) return enter.nsSince(upper, lower);
    return Number(enter.time - ((BigInt(upper) << 32n) | BigInt(lower)));
  }

  writeArgument(index: number, to: TextBytes): boolean {
    return !this.#shower.isMarked(index) && write(this.#shower.quick[index] ?? null, this.#call.enter, to);
  }

  writeResult(to: TextBytes): boolean {
    return !this.#shower.isMarked(null) && this.#ended?.ret != null && this.#writeResult(this.#ended.ret, to);
  }

  #writeResult(exit: ExitRecord, to: TextBytes): boolean {
    if (this.#ended?.outcome !== 'returned' || this.#shower.site.plan.ret.mode === 'none') return false;
    return exit instanceof ExitBytes && write(this.#shower.quickResult(exit.layout), exit, to);
  }

  get args(): readonly ShownValue[] {
    this.#args ??= this.#shower.site.plan.args.map((plan, i) => {
      const text = textOf((to) => write(this.#shower.quick[i] ?? null, this.#call.enter, to));
      return text === null ? (this.full.args[i] ?? unknown) : new ValueText(this, i, plan, text);
    });
    return this.#args;
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
    return this.#shower.site.name;
  }
  get copy(): CopyInfo {
    return this.#shower.site.copy;
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
    const text = exit === null ? null : textOf((to) => this.#writeResult(exit, to));
    return text === null ? this.full.ret : new ValueText(this, null, this.#shower.site.plan.ret, text);
  }
  /** Undefined where there are none. */
  get after(): readonly ShownValue[] {
    return this.#shower.site.after.length === 0 ? none : (this.full.after ?? none);
  }
}

const none: readonly ShownValue[] = [];
const unknown: ShownValue = { name: '', type: '', value: null, text: '', evidence: 'gone', note: null };

/** False also where the record isn't one of bytes; nothing is written then. */
const write = (quick: QuickValue | null, record: EnterRecord | ExitRecord, to: TextBytes): boolean => {
  if (quick === null || !(record instanceof EntryBytes || record instanceof ExitBytes)) return false;
  const { length } = to;
  if (quick(record.view, record.base, to)) return true;
  to.length = length;
  return false;
};

const scratch = new TextBytes();

const textOf = (writeTo: (to: TextBytes) => boolean): string | null => {
  scratch.length = 0;
  return writeTo(scratch) ? scratch.since(0) : null;
};

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
  get note(): string | null {
    return noteOf(this.#plan);
  }
  get value(): ShownValue['value'] {
    const { full } = this.#call;
    return (this.#index === null ? full.ret : full.args[this.#index])?.value ?? null;
  }
}

/** As `showCall` has it for a value of which nothing is missing. */
const noteOf = (plan: ValuePlan | ReturnPlan): string | null => (plan.evidence === 'given' ? plan.note : null);

/** The events of one function's calls. */
export class CallTexts {
  readonly site: ProbeSite;
  readonly limits: ShowLimits;
  readonly names: readonly string[];
  /** By argument. */
  readonly quick: readonly (QuickValue | null)[];
  readonly #marked: readonly boolean[];
  readonly #isResultMarked: boolean;
  readonly #results = new Map<CaptureLayout, QuickValue | null>();
  readonly #entry: CaptureLayout;
  /** Those at which calls ended that were kept, by their numbers. */
  readonly #exits = new Map<number, KnownExit>();

  constructor(site: ProbeSite, entry: CaptureLayout, limits: ShowLimits) {
    const { args, ret } = site.plan;
    this.site = site;
    this.limits = limits;
    this.#entry = entry;
    this.names = args.map(({ name }) => name);
    this.quick = args.map((plan, i) => quickOf(plan, entry, i, limits));
    this.#marked = args.map((plan) => noteOf(plan) !== null);
    this.#isResultMarked = noteOf(ret) !== null;
  }

  /** Whether something is said beside the text of an argument, or (null) of the result. */
  isMarked(index: number | null): boolean {
    return index === null ? this.#isResultMarked : (this.#marked[index] ?? true);
  }

  keep(room: RecordRoom, kept: KeptCall): number | null {
    const exit = kept.ended?.ret;
    if (exit instanceof ExitBytes && !this.#exits.has(exit.site))
      this.#exits.set(exit.site, { layout: exit.layout, address: kept.exitAddress });
    return packCall(kept, room, this);
  }

  /** A call that was kept. */
  read(memory: RecordMemory, at: number): CallEvent {
    const { call, event, ended, exitAddress, seq } = readPackedCall(memory, at, this.#entry, this.#exits);
    return this.event(call, event, ended, exitAddress, seq);
  }

  event(
    call: EnteredCall,
    event: CallEvent['event'],
    ended: EndedCall | null,
    exitAddress: bigint | null,
    seq: number,
  ): CallEvent {
    return new CallText(this, call, event, ended, exitAddress, seq);
  }

  quickResult(layout: CaptureLayout): QuickValue | null {
    const known = this.#results.get(layout);
    if (known !== undefined) return known;
    const made = quickOf(this.site.plan.ret, layout, 0, this.limits);
    this.#results.set(layout, made);
    return made;
  }
}

const quickOf = (
  plan: ValuePlan | ReturnPlan,
  layout: CaptureLayout,
  value: number,
  { items }: ShowLimits,
): QuickValue | null =>
  plan.evidence === 'conflict' || plan.evidence === 'gone' ? null : quickValue(plan.shape, layout, value, items);
