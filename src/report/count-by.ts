import { sanitize } from '../base/text.ts';
import type { CountByReading, CountByWatch, GroupCalls, GroupedCalls } from '../query/count-by.ts';
import {
  type CountRow,
  type CountTableStyle,
  plural,
  programText,
  recentHead,
  secondsText,
  shareText,
  tableLines,
} from './count-table.ts';
import { rowNaming } from './function-key.ts';
import { lostTexts } from './lost-calls.ts';

/** The table of calls by key, one line each, without the line ends. Functions are named where there are several. */
export const countByTable = (calls: GroupedCalls, watch: CountByWatch, style: CountTableStyle): string[] => {
  const { top, isLive } = style;
  const most = calls.most(top, isLive ? 'recent' : 'total');
  const all = calls.total + calls.crowdedOut;
  const nameOf = rowNaming(
    watch,
    most.map((group) => group.function),
  );
  const rows = most.map((group) => rowOf(group, all, nameOf(group.function, keyText(group))));
  const others = calls.groups - most.length;
  if (others > 0) rows.push(restOf(calls, most, others, all));
  if (calls.crowdedOut > 0n) rows.push(crowdedOutOf(calls, all));
  if (rows.length === 0 && !isLive) return [];
  const head = { total: 'TOTAL', recent: recentHead(calls.recentSeconds), share: 'SHARE', remark: '' };
  return tableLines({ ...head, name: nameOf('FUNCTION', watch.by === null ? '' : 'KEY') }, rows, style);
};

const keyText = ({ key }: GroupCalls): string => (key === null ? '' : sanitize(key.text));

const rowOf = ({ total, recent, copies, isLeast }: GroupCalls, all: bigint, name: string): CountRow => ({
  total: `${isLeast ? '≥' : ''}${total}`,
  recent: `${recent}`,
  share: shareText(total, all),
  name,
  remark: copies.length > 1 ? `(${copies.length} copies)` : '',
});

const restOf = (calls: GroupedCalls, most: readonly GroupCalls[], others: number, all: bigint): CountRow => {
  const total = most.reduce((rest, each) => rest - each.total, calls.total);
  const recent = most.reduce((rest, each) => rest - each.recent, calls.recent);
  return {
    total: `${calls.isLeast ? '≥' : ''}${total}`,
    recent: `${recent}`,
    share: shareText(total, all),
    name: `in ${others} more group${others === 1 ? '' : 's'}`,
    remark: '',
    isSum: true,
  };
};

const crowdedOutOf = ({ crowdedOut, crowdedOutRecently }: GroupedCalls, all: bigint): CountRow => ({
  total: `${crowdedOut}`,
  recent: `${crowdedOutRecently}`,
  share: shareText(crowdedOut, all),
  name: 'in groups that found no room',
  remark: '(--max-groups)',
  isSum: true,
});

const sum = (numbers: readonly bigint[]): bigint => numbers.reduce((all, one) => all + one, 0n);

/** One line on what was counted so far. */
export const countBySummary = ({ calls, seconds, lost, program }: CountByReading, watch: CountByWatch): string => {
  const undecided = sum(calls.ungrouped.map((each) => each.undecided));
  const unwound = sum(calls.ungrouped.map((each) => each.unwound));
  const parts = [
    `${calls.isLeast ? '≥' : ''}${plural(calls.total, 'call')}${watch.by === null ? '' : ` in ${plural(calls.groups, 'group')}`} in ${secondsText(seconds)} s`,
    `${plural(watch.functions.length, 'function')} counted`,
  ];
  if (undecided > 0n) parts.push(`${plural(undecided, 'call')} not counted: --when could not be decided`);
  if (unwound > 0n) parts.push(`${plural(unwound, 'call')} not counted: ended without a result`);
  return [...parts, ...lostTexts(lost), ...programText(program)].join('; ');
};
