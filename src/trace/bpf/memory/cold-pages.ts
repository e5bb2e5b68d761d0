import { add, alu, type Code, call, jump, jumpIf, label, load, loadMap, loadValue, mov, store } from '../asm.ts';
import type { Labels } from '../follow/labels.ts';
import { countFunction, FRAME, frameAddress, lookup, numberRecord, output, takeSequence } from '../steps.ts';
import type { Memory } from './memory.ts';

const pageSize = 4096;

/**
 * Bytes that the verifier wants to see behind a record that is being made: it doesn't know that the two halves of a text
 * together are no longer than the text may be.
 */
export const scratchMargin = pageSize + 8;

/** r9 = the memory in which this thread's records are made: its own, since others run while it waits for a page. */
const ownScratch: Code = [
  lookup('scratch', FRAME.thread),
  jumpIf('ne', 'r0', 0, 'scratch_known'),
  loadMap('r1', 'scratch'),
  frameAddress('r2', FRAME.thread),
  loadValue('r3', 'blank', 0),
  mov('r4', 0),
  call('map_update_elem'),
  lookup('scratch', FRAME.thread),
  jumpIf('ne', 'r0', 0, 'scratch_known'),
  countFunction('threadsFull', 'scratch'),
  jump('out'),
  label('scratch_known'),
  mov('r9', 'r0'),
];

/**
 * A text is read as far as its page goes, and further only where it has no NUL there: the next page may not exist. The
 * kernel's search for the NUL is a copy of the bytes onto themselves; it goes one byte further than they do, and changes
 * none of them where it finds no NUL.
 */
const text = (most: number, labels: Labels): Code => {
  const [fits, near, failed, done] = ['fits', 'near', 'failed', 'done'].map((name) => labels.fresh(`text_${name}`)) as [
    string,
    string,
    string,
    string,
  ];
  const wanted = most - 1;
  /** Reads r2 bytes from r3 to r1, whose address and number are in the frame: r0 = the text's length with its NUL. */
  const part = (count: number): Code => [
    call('copy_from_user'),
    jumpIf('ne', 'r0', 0, failed),
    load(8, 'r1', 'r10', FRAME.textTo),
    load(8, 'r2', 'r10', count),
    add('r2', 1),
    mov('r3', 'r1'),
    call('probe_read_kernel_str'),
    jumpIf('slt', 'r0', 0, failed),
  ];
  return [
    store(8, 'r10', FRAME.textTo, 'r1'),
    store(8, 'r10', FRAME.textFrom, 'r3'),
    mov('r4', 'r3'),
    alu('and', 'r4', pageSize - 1),
    mov('r2', pageSize),
    alu('sub', 'r2', 'r4'),
    jumpIf('le', 'r2', wanted, fits),
    mov('r2', wanted),
    label(fits),
    store(8, 'r10', FRAME.textFirst, 'r2'),
    part(FRAME.textFirst),
    load(8, 'r2', 'r10', FRAME.textFirst),
    jumpIf('le', 'r0', 'r2', done),
    jumpIf('ge', 'r2', wanted, done),
    load(8, 'r3', 'r10', FRAME.textFrom),
    add('r3', 'r2'),
    load(8, 'r1', 'r10', FRAME.textTo),
    add('r1', 'r2'),
    store(8, 'r10', FRAME.textTo, 'r1'),
    mov('r4', wanted),
    alu('sub', 'r4', 'r2'),
    mov('r2', 'r4'),
    // No text is longer than a page and what lies before it in another.
    jumpIf('le', 'r2', pageSize, near),
    mov('r2', pageSize),
    label(near),
    store(8, 'r10', FRAME.textSecond, 'r2'),
    part(FRAME.textSecond),
    load(8, 'r2', 'r10', FRAME.textFirst),
    add('r0', 'r2'),
    jump(done),
    label(failed),
    mov('r0', EFAULT),
    label(done),
  ];
};

const EFAULT = -14;

/**
 * Pages that are not in memory are read too: the thread waits for them where it hits the probe. The record is made in memory
 * of the thread's own and gets its number when it is whole, since a place in the ring, or in the order of records, that
 * waited for a page would keep all the others waiting. Its time is that of the hit.
 */
export const coldPages: Memory = {
  isSleepable: true,
  read: [call('copy_from_user')],
  text,
  record: ({ size, fill, keep, regain, lost, undo }, ringBytes) => [
    ownScratch,
    fill,
    keep === null ? [] : regain,
    takeSequence,
    numberRecord,
    keep ?? [],
    output(size, ringBytes),
    jumpIf('eq', 'r0', 0, 'out'),
    lost,
    undo,
  ],
  giveUp: [],
};
