import { type Code, call, exit, jump, jumpIf, label, load, loadFunction, loadMap, mov, store } from './asm.ts';
import { THREAD } from './records.ts';
import { countFunction, FRAME, frameAddress, lookup } from './steps.ts';

/** r7 = the thread's value, made if this is the thread's first entry. */
export const ownThread: Code = [
  lookup('threads', FRAME.thread),
  jumpIf('ne', 'r0', 0, 'thread_known'),
  Array.from({ length: THREAD.size / 8 }, (_, i) => store(8, 'r10', FRAME.threadValue + i * 8, 0)),
  loadMap('r1', 'threads'),
  frameAddress('r2', FRAME.thread),
  frameAddress('r3', FRAME.threadValue),
  mov('r4', 0),
  call('map_update_elem'),
  lookup('threads', FRAME.thread),
  jumpIf('ne', 'r0', 0, 'thread_known'),
  countFunction('threadsFull', 'threads'),
  jump('out'),
  label('thread_known'),
  mov('r7', 'r0'),
];

/** Finds the mapping that holds the stack pointer, unless the thread's last one does. */
export const noteStackMapping: Code = [
  load(8, 'r1', 'r10', FRAME.sp),
  load(8, 'r2', 'r7', THREAD.stackStart),
  jumpIf('lt', 'r1', 'r2', 'find_mapping'),
  load(8, 'r2', 'r7', THREAD.stackEnd),
  jumpIf('lt', 'r1', 'r2', 'mapping_known'),
  label('find_mapping'),
  store(8, 'r10', FRAME.mapping, 0),
  store(8, 'r10', FRAME.mapping + 8, 0),
  call('get_current_task_btf'),
  mov('r1', 'r0'),
  load(8, 'r2', 'r10', FRAME.sp),
  loadFunction('r3', 'on_mapping'),
  frameAddress('r4', FRAME.mapping),
  mov('r5', 0),
  call('find_vma'),
  load(8, 'r1', 'r10', FRAME.mapping),
  store(8, 'r7', THREAD.stackStart, 'r1'),
  load(8, 'r1', 'r10', FRAME.mapping + 8),
  store(8, 'r7', THREAD.stackEnd, 'r1'),
  label('mapping_known'),
];

/** Called back by find_vma(task, vma, place): notes where the mapping starts and ends. */
export const onMapping = (vma: { readonly start: number; readonly end: number }): Code => [
  label('on_mapping'),
  load(8, 'r1', 'r2', vma.start),
  store(8, 'r3', 0, 'r1'),
  load(8, 'r1', 'r2', vma.end),
  store(8, 'r3', 8, 'r1'),
  mov('r0', 0),
  exit(),
];
