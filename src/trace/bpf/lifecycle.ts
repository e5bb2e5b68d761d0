import { PT_REGS } from '../sys/uapi.ts';
import {
  add,
  alu,
  type Code,
  call,
  flatten,
  jumpIf,
  label,
  load,
  loadMap,
  loadValue,
  mov,
  type ProgramSpec,
  store,
} from './asm.ts';
import type { Surroundings } from './entry.ts';
import { headerRecord } from './memory/loaded-pages.ts';
import { GLOBALS, RECORD } from './records.ts';
import { countGlobal, end, FRAME, frameAddress, knownThread, lookup, remove } from './steps.ts';

const SIGSTOP = 19;

export const noteThread: Code = [mov('r6', 'r1'), call('get_current_pid_tgid'), store(8, 'r10', FRAME.thread, 'r0')];

/** The frame's word at `to` = the kernel's word at r3 + `offset`; 0 where it can't be read. */
const readKernel = (size: 4 | 8, to: number, offset: number): Code => [
  store(size, 'r10', to, 0),
  add('r3', offset),
  mov('r1', 'r10'),
  add('r1', to),
  mov('r2', size),
  call('probe_read_kernel'),
];

/** Adds the process number in r1 to a set. */
const addProcess = (map: 'scope' | 'forked'): Code => [
  store(4, 'r10', FRAME.small, 'r1'),
  store(4, 'r10', FRAME.small + 4, 1),
  loadMap('r1', map),
  frameAddress('r2', FRAME.small),
  frameAddress('r3', FRAME.small + 4),
  mov('r4', 0),
  call('map_update_elem'),
];

/** The user-space stack pointer of the current thread, from where it entered the kernel. */
const noteUserStackPointer: Code = [
  call('get_current_task_btf'),
  mov('r1', 'r0'),
  call('task_pt_regs'),
  mov('r3', 'r0'),
  readKernel(8, FRAME.sp, PT_REGS.rsp),
];

const report = (kind: number, ringBytes: number): Code => [
  store(8, 'r10', FRAME.fn, 0),
  headerRecord(kind, countGlobal('lostThreadEnds'), ringBytes),
];

/** Lets go of the memory in which the thread's records were made: its number may come again. */
const dropScratch = ({ coldPages }: Surroundings): Code => (coldPages ? remove('scratch', FRAME.thread) : []);

/** Offsets of the members that tell how many threads of a process live. */
export type LiveOffsets = { readonly signal: number; readonly live: number };

/** Takes a process out of the scope when its last thread ends: its number may come again. */
export const leaveScope = ({ signal, live }: LiveOffsets): Code => [
  call('get_current_task'),
  mov('r3', 'r0'),
  readKernel(8, FRAME.sp, signal),
  load(8, 'r3', 'r10', FRAME.sp),
  // Counted down before the tracepoint; 1 where it can't be read.
  store(4, 'r10', FRAME.small, 1),
  add('r3', live),
  mov('r1', 'r10'),
  add('r1', FRAME.small),
  mov('r2', 4),
  call('probe_read_kernel'),
  jumpIf('ne', 'r0', 0, 'process_lives'),
  load(4, 'r1', 'r10', FRAME.small),
  jumpIf('ne', 'r1', 0, 'process_lives'),
  load(8, 'r1', 'r10', FRAME.thread),
  alu('rsh', 'r1', 32),
  store(4, 'r10', FRAME.small, 'r1'),
  remove('scope', FRAME.small),
  label('process_lives'),
];

/** At sched_process_exit, where no calls are followed: takes processes out of the scope. */
export const leaveProgram = (threads: LiveOffsets): ProgramSpec => ({
  name: 'rsym_leave',
  type: 'rawTracepoint',
  uprobeMulti: false,
  functions: [],
  code: flatten([noteThread, leaveScope(threads), end]),
});

/** At sched_process_exit, which fires for each thread: tells of the end of a thread that entered a traced function. */
export const threadEndProgram = (around: Surroundings, threads: LiveOffsets | null = null): ProgramSpec => ({
  name: 'rsym_end',
  type: 'rawTracepoint',
  uprobeMulti: false,
  functions: [],
  code: flatten([
    noteThread,
    threads && around.scope.kind !== 'all' ? leaveScope(threads) : [],
    dropScratch(around),
    knownThread,
    noteUserStackPointer,
    // Forgotten even where its end can't be told: the number may come again.
    remove('threads', FRAME.thread),
    report(RECORD.threadEnd, around.ringBytes),
    end,
  ]),
});

/** A process that was there before, and was passed over, now runs another program: it may be the one that is waited for. */
const becomeNew: Code = [
  load(8, 'r1', 'r10', FRAME.thread),
  alu('rsh', 'r1', 32),
  store(4, 'r10', FRAME.small, 'r1'),
  remove('scope', FRAME.small),
];

/** At sched_process_exec(task, old_pid, …): a thread that is inside a traced function leaves it, because its program is replaced. */
export const execProgram = (around: Surroundings): ProgramSpec => ({
  name: 'rsym_exec',
  type: 'rawTracepoint',
  uprobeMulti: false,
  functions: [],
  code: flatten([
    noteThread,
    around.scope.kind === 'next' ? becomeNew : [],
    // A thread that replaces its process takes the main thread's number: the tracepoint tells the one it had.
    load(8, 'r1', 'r6', 8),
    store(4, 'r10', FRAME.thread, 'r1'),
    dropScratch(around),
    knownThread,
    store(8, 'r10', FRAME.sp, 0),
    remove('threads', FRAME.thread),
    report(RECORD.exec, around.ringBytes),
    end,
  ]),
});

/** Offsets of task_struct members in this kernel. */
export type TaskOffsets = { readonly tgid: number; readonly realParent: number };

/** At sched_process_fork(parent, child): notes a new process whose parent has entered a traced function. */
export const forkProgram = (task: TaskOffsets): ProgramSpec => ({
  name: 'rsym_fork',
  type: 'rawTracepoint',
  uprobeMulti: false,
  functions: [],
  code: flatten([
    noteThread,
    knownThread,
    load(8, 'r3', 'r6', 8),
    readKernel(4, FRAME.small, task.tgid),
    load(4, 'r1', 'r10', FRAME.small),
    load(8, 'r2', 'r10', FRAME.thread),
    alu('rsh', 'r2', 32),
    // A new thread has a stack of its own and inherits no call.
    jumpIf('eq', 'r1', 'r2', 'out'),
    addProcess('forked'),
    end,
  ]),
});

/**
 * At sched_process_fork(parent, child), as {@link forkProgram}: also watches a new process whose parent is watched.
 * `entriesOnly`: no calls are followed, so that the child inherits none.
 */
export const followProgram = (task: TaskOffsets, entriesOnly = false): ProgramSpec => ({
  name: 'rsym_follow',
  type: 'rawTracepoint',
  uprobeMulti: false,
  functions: [],
  code: flatten([
    noteThread,
    load(8, 'r3', 'r6', 8),
    readKernel(4, FRAME.small, task.tgid),
    load(4, 'r9', 'r10', FRAME.small),
    load(8, 'r2', 'r10', FRAME.thread),
    alu('rsh', 'r2', 32),
    jumpIf('eq', 'r9', 'r2', 'out'),
    store(4, 'r10', FRAME.small, 'r2'),
    lookup('scope', FRAME.small),
    jumpIf('eq', 'r0', 0, 'out'),
    mov('r1', 'r9'),
    addProcess('scope'),
    jumpIf('eq', 'r0', 0, 'followed'),
    countGlobal('lostProcesses'),
    label('followed'),
    entriesOnly ? [] : [knownThread, mov('r1', 'r9'), addProcess('forked')],
    end,
  ]),
});

/**
 * At sched_process_exec: stops the next program that process `parent` starts before its first instruction, so that
 * probes can be planted for this process alone and nothing is missed. The word `launch` in `globals` arms it once.
 */
export const launchProgram = (parent: number, task: TaskOffsets): ProgramSpec => ({
  name: 'rsym_launch',
  type: 'rawTracepoint',
  uprobeMulti: false,
  functions: [],
  code: flatten([
    noteThread,
    loadValue('r7', 'globals', GLOBALS.launch),
    load(8, 'r1', 'r7', 0),
    jumpIf('eq', 'r1', 0, 'out'),
    call('get_current_task'),
    mov('r3', 'r0'),
    readKernel(8, FRAME.sp, task.realParent),
    load(8, 'r3', 'r10', FRAME.sp),
    readKernel(4, FRAME.small, task.tgid),
    load(4, 'r1', 'r10', FRAME.small),
    jumpIf('ne', 'r1', parent, 'out'),
    store(8, 'r7', 0, 0),
    load(8, 'r1', 'r10', FRAME.thread),
    alu('rsh', 'r1', 32),
    addProcess('scope'),
    mov('r1', SIGSTOP),
    call('send_signal'),
    end,
  ]),
});
