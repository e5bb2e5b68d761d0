import { UPDATE } from '../../sys/uapi.ts';
import { add, type Code, call, jump, jumpIf, label, load, loadMap, loadValue, mov, type Reg, store } from '../asm.ts';
import { countFunction, FRAME, lookup } from '../steps.ts';
import { addCall, addDuration } from './add.ts';

/** Where a call's key is; null: nothing but the copy tells calls apart. */
export type KeyPlace = { readonly base: 'r8' | 'r9'; readonly at: number } | null;

/** r0 = the sums of the copy. */
const ofCopy = (otherwise: string): Code => [
  load(8, 'r1', 'r10', FRAME.fn),
  store(4, 'r10', FRAME.small, 'r1'),
  lookup('sums', FRAME.small),
  jumpIf('eq', 'r0', 0, otherwise),
];

const keyAddress = (reg: Reg, { base, at }: NonNullable<KeyPlace>): Code => [mov(reg, base), add(reg, at)];

const lookupGroup = (key: NonNullable<KeyPlace>): Code => [
  loadMap('r1', 'groups'),
  keyAddress('r2', key),
  call('map_lookup_elem'),
];

/** r0 = the sums of the group with this key, made if it is its first call. */
const ofKey = (key: NonNullable<KeyPlace>, otherwise: string): Code => [
  lookupGroup(key),
  jumpIf('ne', 'r0', 0, 'group_known'),
  loadMap('r1', 'groups'),
  keyAddress('r2', key),
  loadValue('r3', 'blank', 0),
  // Another thread may have made it meanwhile, and counted in it.
  mov('r4', UPDATE.noExist),
  call('map_update_elem'),
  lookupGroup(key),
  jumpIf('ne', 'r0', 0, 'group_known'),
  countFunction('groupsFull', 'groups'),
  jump(otherwise),
  label('group_known'),
];

/** Adds the call to its group, with the duration in the frame's word; null: it is only counted. */
export const addToGroup = (key: KeyPlace, duration: number | null): Code => [
  key === null ? ofCopy('summed') : ofKey(key, 'summed'),
  duration === null ? addCall : addDuration(duration),
  label('summed'),
];
