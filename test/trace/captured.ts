import type { Register, ValuePlan } from '../../src/abi/model.ts';
import type { ValueShape } from '../../src/abi/shape.ts';
import type { CaptureLimits } from '../../src/trace/capture-layout.ts';
import type { Capture } from '../../src/trace/record.ts';
import { showCall } from '../../src/trace/show.ts';
import type { ProbeSite } from '../../src/trace/site.ts';
import { memory } from './shown-values.ts';
import { argument, mainThread, probeSite, result, stack, TracedMachine } from './traced-machine.ts';

export const sp = 0x7f00_0000n;

export type Held = Partial<Record<Exclude<Register, 'rsp'> | 'rip', bigint>>;

/** A process's memory, by address: parts as in `memory`. */
export type Memory = readonly (readonly [bigint, ...Parameters<typeof memory>])[];

export type Setting = {
  readonly limits?: Partial<CaptureLimits>;
  readonly held?: Held;
  readonly memory?: Memory;
  readonly site?: Partial<ProbeSite>;
  /** Memory that is not loaded; given, programs wait for it. */
  readonly cold?: Memory;
};

export type Entered = {
  readonly traced: TracedMachine;
  readonly capture: Capture;
  /** What a user sees of each argument. */
  readonly texts: readonly string[];
  /** Where the program read the process's memory: first address and the one behind the last. */
  readonly reads: readonly (readonly [bigint, bigint])[];
};

/** One call's entry: from registers and memory through the program and its record to text. */
export const enter = (args: readonly ValuePlan[], setting: Setting = {}): Entered => {
  const site = probeSite({ ...setting.site, plan: { args, ret: result } });
  const traced = new TracedMachine([site], {
    limits: setting.limits ?? {},
    ringBytes: 1 << 18,
    coldPages: setting.cold !== undefined,
  });
  for (const [at, ...parts] of setting.memory ?? []) traced.machine.user.write(at, memory(...parts));
  for (const [at, ...parts] of setting.cold ?? []) traced.machine.cold.write(at, memory(...parts));
  traced.enter(mainThread, 0, sp, setting.held ?? {});
  const [record] = traced.records();
  if (record?.kind !== 'enter') throw new Error('no record of the entry');
  const call = { enter: record, parent: null, depth: 0 };
  const event = showCall(site, call, 'enter', null, null, 1, { items: setting.limits?.items ?? 100 });
  return {
    traced,
    capture: record.capture,
    texts: event.args.map(({ text }) => text),
    reads: traced.machine.userReads.map(({ at, length }) => [at, at + BigInt(length)] as const),
  };
};

/** An argument whose own bytes lie on the stack. */
export const spilt = (shape: ValueShape, bytes: Uint8Array, setting: Setting = {}): Entered => {
  const words = Array.from({ length: Math.ceil(shape.size / 8) }, (_, i) => stack(8 + 8 * i, 8 * i));
  const own = Buffer.concat([bytes, Buffer.alloc(words.length * 8 - bytes.length)]);
  return enter([argument('a', shape, words)], { ...setting, memory: [...(setting.memory ?? []), [sp + 8n, [...own]]] });
};
