import { PT_REGS, RINGBUF } from '../sys/uapi.ts';
import {
  add,
  alu,
  type Code,
  call,
  compareExchange,
  exit,
  fetchAdd,
  jump,
  jumpIf,
  label,
  load,
  loadMap,
  loadValue,
  mov,
  store,
} from './asm.ts';
import { FUNCTION_STATS, GLOBALS, HEADER, mostSaved, PENDING, THREAD } from './records.ts';

/**
 * Steps shared by the programs. The frame below r10:
 *
 *   -32 .. -8    pending key: thread, stack pointer, function
 *   -40          small keys (u32)
 *   -112 .. -80  thread value
 *   -128 .. -112 stack mapping found: start, end
 *   -152 .. -128 key of the pending call being cleaned up
 *   -168 .. -152 bytes to be read, and a number
 *   -256 .. -168 pending value; of an exit, the words saved at entry
 *   -336 .. -264 the block of each level, from the outermost
 *   -368 .. -336 a text that is read in two parts
 *
 * r6 the context, r7 the thread's value, r8 the sequence number, r9 the record.
 */
export const FRAME = {
  thread: -32,
  sp: -24,
  fn: -16,
  small: -40,
  pendingValue: -256,
  threadValue: -112,
  mapping: -128,
  oldKey: -152,
  /** Of an entry, which forgets no calls: its time, where that is known before its record is made. */
  time: -152,
  /** Likewise, why it isn't known whether the call is wanted; 0: it is. */
  doubt: -144,
  length: -160,
  number: -168,
  levels: -264,
  textTo: -344,
  textFrom: -352,
  textFirst: -360,
  textSecond: -368,
  site: -8,
} as const;

/** Records are submitted without waking the reader until this much waits in the ring; a timer covers the rest. */
const wakeFraction = 8;

export const frameAddress = (reg: 'r2' | 'r3' | 'r4', offset: number): Code => [mov(reg, 'r10'), add(reg, offset)];

/** r0 = the value in `map` under the key at `key`, or 0. */
export const lookup = (map: string, key: number): Code => [
  loadMap('r1', map),
  frameAddress('r2', key),
  call('map_lookup_elem'),
];

export const remove = (map: string, key: number): Code => [
  loadMap('r1', map),
  frameAddress('r2', key),
  call('map_delete_elem'),
];

/**
 * The processes in the map `scope`, or all but rsym's own: what they do to report a call must not be another call. `next`:
 * the first that begins a call, of those that are neither rsym's own nor in the map `scope`, and none but that one from then on.
 */
export type WatchedProcesses =
  | { readonly kind: 'named' }
  | { readonly kind: 'all' | 'next'; readonly except: readonly number[] };

/**
 * From 6.13 on the kernel gives each program's frame a place per CPU where it has 64 bytes or more, which threads would take
 * from each other while they wait for a page, or where the kernel may be preempted; not so that of a program with a tail call
 * (check_max_stack_depth in its verifier.c). This one is never reached.
 */
const frameOnTheStack: Code = [mov('r0', 0), jumpIf('eq', 'r0', 0, 'own_frame'), call('tail_call'), label('own_frame')];

/** Leaves the program unless the process in r0 is the chosen one; the first to come is, where that `chooses`. */
const onlyNext = (chooses: boolean): Code => [
  mov('r7', 'r0'),
  loadValue('r8', 'globals', GLOBALS.chosen),
  load(8, 'r1', 'r8', 0),
  jumpIf('eq', 'r1', 'r7', 'chosen'),
  jumpIf('ne', 'r1', 0, 'out'),
  chooses
    ? [
        store(4, 'r10', FRAME.small, 'r7'),
        lookup('scope', FRAME.small),
        jumpIf('ne', 'r0', 0, 'out'),
        mov('r0', 0),
        compareExchange('r8', 0, 'r7'),
        jumpIf('eq', 'r0', 0, 'chosen'),
        // Another thread of the same process may have come first.
        jumpIf('ne', 'r0', 'r7', 'out'),
      ]
    : jump('out'),
  label('chosen'),
];

/**
 * Keeps the context, notes the thread, and leaves the program unless the process is one that is watched. `chooses`: where one
 * is waited for, it may be this one. An unwinder's code is in other programs too, so its hits choose none.
 */
export const begin = (scope: WatchedProcesses, chooses = false): Code => [
  frameOnTheStack,
  mov('r6', 'r1'),
  call('get_current_pid_tgid'),
  store(8, 'r10', FRAME.thread, 'r0'),
  alu('rsh', 'r0', 32),
  scope.kind === 'named'
    ? [store(4, 'r10', FRAME.small, 'r0'), lookup('scope', FRAME.small), jumpIf('eq', 'r0', 0, 'out')]
    : [
        ...scope.except.map((pid) => jumpIf('eq', 'r0', pid, 'out')),
        ...(scope.kind === 'next' ? [onlyNext(chooses)] : []),
      ],
];

export const end: Code = [label('out'), mov('r0', 0), exit()];

/** Notes the stack pointer at the probe plus `adjust` (-8 after a `ret` has popped the return address). */
export const noteStackPointer = (adjust = 0): Code => [
  load(8, 'r1', 'r6', PT_REGS.rsp),
  adjust === 0 ? [] : add('r1', adjust),
  store(8, 'r10', FRAME.sp, 'r1'),
];

/** Notes the function, of which the cookie is the number. */
export const noteFunction: Code = [mov('r1', 'r6'), call('get_attach_cookie'), store(8, 'r10', FRAME.fn, 'r0')];

/** Of a cookie at an exit: notes the function (its low half) and the exit's number among all exits (its high half). */
export const noteExit: Code = [
  mov('r1', 'r6'),
  call('get_attach_cookie'),
  mov('r1', 'r0'),
  alu('lsh', 'r1', 32),
  alu('rsh', 'r1', 32),
  store(8, 'r10', FRAME.fn, 'r1'),
  alu('rsh', 'r0', 32),
  store(8, 'r10', FRAME.site, 'r0'),
];

/** Copies the words that were saved at entry to the frame, from the value of the call under way. */
export const regainSaved = (call: 'r0' | 'r9'): Code =>
  Array.from(
    { length: mostSaved },
    (_, i): Code => [
      load(8, 'r1', call, PENDING.saved + 8 * i),
      store(8, 'r10', FRAME.pendingValue + PENDING.saved + 8 * i, 'r1'),
    ],
  );

/** Adds one to a counter of the function noted in the frame. Destroys r0–r5. */
export const countFunction = (field: keyof Omit<typeof FUNCTION_STATS, 'size'>, tag: string): Code => [
  load(8, 'r1', 'r10', FRAME.fn),
  store(4, 'r10', FRAME.small, 'r1'),
  lookup('functions', FRAME.small),
  jumpIf('eq', 'r0', 0, `counted_${tag}`),
  mov('r1', 1),
  fetchAdd('r0', FUNCTION_STATS[field], 'r1'),
  label(`counted_${tag}`),
];

export const countGlobal = (field: keyof Omit<typeof GLOBALS, 'size'>): Code => [
  loadValue('r1', 'globals', GLOBALS[field]),
  mov('r2', 1),
  fetchAdd('r1', 0, 'r2'),
];

/** r8 = the next sequence number, from 1. */
export const takeSequence: Code = [
  loadValue('r1', 'globals', GLOBALS.sequence),
  mov('r8', 1),
  fetchAdd('r1', 0, 'r8'),
  add('r8', 1),
];

/** r9 = room for a record, or 0. */
export const reserve = (size: number): Code => [
  loadMap('r1', 'events'),
  mov('r2', size),
  mov('r3', 0),
  call('ringbuf_reserve'),
  mov('r9', 'r0'),
];

/** Writes the number in r8 into the record. */
export const numberRecord: Code = [store(8, 'r9', HEADER.sequence, 'r8')];

/** Everything of the header that is in the frame, and the time. */
export const writeHeader = (kind: number): Code => [
  store(4, 'r9', HEADER.kind, kind),
  load(8, 'r1', 'r10', FRAME.fn),
  store(4, 'r9', HEADER.fn, 'r1'),
  call('ktime_get_ns'),
  store(8, 'r9', HEADER.time, 'r0'),
  load(8, 'r1', 'r10', FRAME.thread),
  store(8, 'r9', HEADER.thread, 'r1'),
  load(8, 'r1', 'r10', FRAME.sp),
  store(8, 'r9', HEADER.sp, 'r1'),
];

/** `flags` = what hands over a record without waking the reader, unless much is waiting. */
const wakeFlags = (flags: 'r2' | 'r4', ringBytes: number): Code => [
  loadMap('r1', 'events'),
  mov('r2', RINGBUF.availableData),
  call('ringbuf_query'),
  mov(flags, RINGBUF.noWakeup),
  jumpIf('lt', 'r0', Math.floor(ringBytes / wakeFraction), 'quiet'),
  mov(flags, RINGBUF.forceWakeup),
  label('quiet'),
];

/** Hands the record over; the reader is woken only if much is waiting. */
export const submit = (ringBytes: number): Code => [
  wakeFlags('r2', ringBytes),
  mov('r1', 'r9'),
  call('ringbuf_submit'),
];

/** As {@link submit}, for a record that is not in the ring yet: r0 = 0, or a negative errno where there is no room. */
export const output = (size: number, ringBytes: number): Code => [
  wakeFlags('r4', ringBytes),
  loadMap('r1', 'events'),
  mov('r2', 'r9'),
  mov('r3', size),
  call('ringbuf_output'),
];

/** r7 = the value of the current thread; leaves the program if the thread has entered no traced function. */
export const knownThread: Code = [lookup('threads', FRAME.thread), jumpIf('eq', 'r0', 0, 'out'), mov('r7', 'r0')];

/**
 * Forgets the thread's newest calls that the stack pointer proves gone: below it on the same stack mapping. At most
 * `limit` of them; the rest is forgotten the next time.
 */
export const forgetDeadCalls = (limit: number): Code => [
  Array.from(
    { length: limit },
    (_, round): Code => [
      load(8, 'r1', 'r7', THREAD.topSp),
      jumpIf('eq', 'r1', 0, 'forgotten'),
      load(8, 'r2', 'r10', FRAME.sp),
      jumpIf('ge', 'r1', 'r2', 'forgotten'),
      load(8, 'r3', 'r10', FRAME.thread),
      store(8, 'r10', FRAME.oldKey, 'r3'),
      store(8, 'r10', FRAME.oldKey + 8, 'r1'),
      load(8, 'r3', 'r7', THREAD.topFn),
      store(8, 'r10', FRAME.oldKey + 16, 'r3'),
      lookup('pending', FRAME.oldKey),
      jumpIf('ne', 'r0', 0, `found_${round}`),
      store(8, 'r7', THREAD.topSp, 0),
      jump('forgotten'),
      label(`found_${round}`),
      load(8, 'r1', 'r0', PENDING.stackEnd),
      load(8, 'r2', 'r10', FRAME.sp),
      jumpIf('ge', 'r2', 'r1', 'forgotten'),
      load(8, 'r1', 'r0', PENDING.prevSp),
      store(8, 'r7', THREAD.topSp, 'r1'),
      load(8, 'r1', 'r0', PENDING.prevFn),
      store(8, 'r7', THREAD.topFn, 'r1'),
      remove('pending', FRAME.oldKey),
    ],
  ),
  label('forgotten'),
];
