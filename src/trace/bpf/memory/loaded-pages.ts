import { RINGBUF } from '../../sys/uapi.ts';
import { type Code, call, jump, jumpIf, label, mov } from '../asm.ts';
import { HEADER } from '../records.ts';
import { numberRecord, reserve, submit, takeSequence, writeHeader } from '../steps.ts';
import type { Memory } from './memory.ts';

/**
 * Only pages that are in memory are read, straight into the record, for which there is room in the ring before: nothing
 * waits, neither the process nor the records behind this one.
 */
export const loadedPages: Memory = {
  isSleepable: false,
  read: [call('probe_read_user')],
  text: (most) => [mov('r2', most), call('probe_read_user_str')],
  record: ({ size, fill, keep, lost }, ringBytes) => [
    takeSequence,
    reserve(size),
    jumpIf('ne', 'r9', 0, 'room'),
    lost,
    keep === null ? [jump('out'), label('room')] : [label('room'), keep, jumpIf('eq', 'r9', 0, 'out')],
    numberRecord,
    fill,
    submit(ringBytes),
  ],
  giveUp: [mov('r1', 'r9'), mov('r2', RINGBUF.noWakeup), call('ringbuf_discard')],
};

/** Makes a record that is its header alone, and hands it over. */
export const headerRecord = (kind: number, lost: Code, ringBytes: number): Code =>
  loadedPages.record({ size: HEADER.size, fill: writeHeader(kind), keep: null, regain: [], lost, undo: [] }, ringBytes);
