import type { ReturnPlan, ValuePlan } from '../abi/model.ts';
import type { Captured, Environment, Memory, Read, Why } from '../expr/environment.ts';
import type { Capture } from './capture.ts';
import type { EnterRecord, ExitRecord } from './record.ts';
import { hasResult } from './show.ts';
import type { ProbeSite } from './site.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * What expressions see of a captured call. `exit` null: no exit of it was hit; `duration` null: it isn't known. It reads the
 * records when it is asked, so it is good as long as they are.
 */
export const callEnvironment = (
  site: ProbeSite,
  enter: EnterRecord,
  exit: ExitRecord | null,
  duration: bigint | null,
): Environment => new CallEnvironment(site, enter, exit, duration);

class CallEnvironment implements Environment {
  readonly duration: bigint | Why;
  readonly pid: number;
  readonly tid: number;
  readonly #site: ProbeSite;
  readonly #enter: EnterRecord;
  readonly #exit: ExitRecord | null;
  #atEntry: CapturedValues | null = null;
  #result: Captured | Why | null = null;

  constructor(site: ProbeSite, enter: EnterRecord, exit: ExitRecord | null, duration: bigint | null) {
    this.duration = duration ?? 'gone';
    this.pid = enter.tgid;
    this.tid = enter.tid;
    this.#site = site;
    this.#enter = enter;
    this.#exit = exit;
  }

  get comm(): Uint8Array {
    return this.#enter.commBytes;
  }

  argument(index: number): Captured | Why {
    const plan = this.#site.plan.args[index];
    if (plan === undefined) return 'gone';
    this.#atEntry ??= new CapturedValues(this.#enter.capture);
    return this.#atEntry.of(plan, index);
  }

  get result(): Captured | Why {
    this.#result ??= this.#readResult();
    return this.#result;
  }

  #readResult(): Captured | Why {
    const capture = this.#exit?.capture;
    return capture && hasResult(capture) ? new CapturedValues(capture).of(this.#site.plan.ret, 0) : 'gone';
  }
}

/** The values of one record. */
class CapturedValues {
  readonly #capture: Capture;
  readonly #memory: Memory;

  constructor(capture: Capture) {
    this.#capture = capture;
    this.#memory = { read: (address, size) => readMemory(capture.memory, address, size) };
  }

  of({ evidence }: ValuePlan | ReturnPlan, index: number): Captured | Why {
    const { slots, values } = this.#capture;
    const slot = slots[values[index]?.first ?? -1];
    // Of several places that are claimed for a value none is believed.
    if (slot === undefined || evidence === 'conflict') return 'gone';
    return { ...slot, memory: this.#memory };
  }
}

/** Memory that a record brought along: of several blocks where they join. */
const readMemory = (snapshot: Snapshot, address: bigint, size: number): Read => {
  const parts: Uint8Array[] = [];
  let known = 0;
  let next = address;
  while (known < size) {
    const bytes = snapshot.from(next);
    if (bytes === null || bytes === 'unreadable') break;
    const part = bytes.subarray(0, size - known);
    parts.push(part);
    known += part.length;
    next = BigInt.asUintN(64, address + BigInt(known));
  }
  const bytes = parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
  const stale = snapshot.staleIn(address, known);
  if (stale.length > 0) return { bytes: bytes.subarray(0, Math.min(...stale.map(({ start }) => start))), why: 'gone' };
  if (known === size) return { bytes, why: null };
  // Behind what a block has, its end is where the reader's limits are.
  const why = snapshot.lackAt(next);
  return { bytes, why: why === 'depth' && known > 0 ? 'truncated' : why };
};
