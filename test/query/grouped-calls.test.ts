import { describe, expect, test } from 'vitest';
import type { Key } from '../../src/expr/key.ts';
import { undecided } from '../../src/expr/outcome.ts';
import type { KeyNode } from '../../src/expr/tree.ts';
import { type GroupCalls, GroupedCalls, GroupedSites } from '../../src/query/grouped-calls.ts';
import type { AggregateGroup } from '../../src/trace/aggregate/model.ts';
import { probeSite } from '../trace/traced-machine.ts';

const number = (size: 4 | 8): KeyNode => ({
  kind: 'int',
  node: { kind: 'load', place: { kind: 'own', root: { kind: 'argument', index: 0 }, offset: 0 }, size, signed: true },
});
const siteOf = (name: string, by: KeyNode) => ({ ...probeSite({ name }), by });
const known = new GroupedSites([siteOf('app::f', number(4)), siteOf('app::f', number(8)), siteOf('app::g', number(4))]);
const int = (value: bigint): Key => ({ kind: 'int', value });
const group = (site: number, key: AggregateGroup['key'], calls: bigint): AggregateGroup => ({
  site,
  key,
  calls,
  durations: null,
});
const none = { undecided: [0n, 0n, 0n], skipped: [0n, 0n, 0n], unwound: [0n, 0n, 0n] };
const noLoss = { groups: 0n, pending: 0n, events: 0n, processes: 0 };
const calls = (groups: readonly AggregateGroup[], more: object = {}, before: GroupedCalls | null = null) =>
  new GroupedCalls(known, { seconds: 1, groups, gaps: none, lost: noLoss, ...more }, before);
const brief = ({ function: name, key, total, recent }: GroupCalls) => [name, key?.text, Number(total), Number(recent)];

describe('groups of calls', () => {
  test('all copies of a function together; a number is written as the widest of their types', () => {
    const now = calls([group(0, int(7n), 2n), group(1, int(7n), 3n), group(2, int(7n), 1n)]);
    expect(now.all().map(brief)).toEqual([
      ['app::f', '7', 5, 5],
      ['app::g', '7', 1, 1],
    ]);
    expect(now.all().map(({ key }) => key?.value)).toEqual(['7', 7]);
    expect(now.all()[0]?.copies.map((each) => each.calls)).toEqual([2n, 3n]);
    expect(now).toMatchObject({ total: 6n, groups: 2, isLeast: false, isNothing: false });
  });

  test('since the reading before: also a group that is new', () => {
    const first = calls([group(0, int(1n), 10n), group(0, int(2n), 5n)]);
    const then = calls(
      [group(0, int(1n), 11n), group(0, int(2n), 9n), group(2, int(3n), 2n)],
      { seconds: 3, lost: { ...noLoss, groups: 4n } },
      first,
    );
    expect(then.most(2).map(brief)).toEqual([
      ['app::f', '1', 11, 1],
      ['app::f', '2', 9, 4],
    ]);
    expect(then.most(9, 'recent').map(brief)).toEqual([
      ['app::f', '2', 9, 4],
      ['app::g', '3', 2, 2],
      ['app::f', '1', 11, 1],
    ]);
    expect(then).toMatchObject({ total: 22n, recent: 7n, recentSeconds: 2, crowdedOut: 4n, crowdedOutRecently: 4n });
  });

  test('with as many calls: by function and key, numbers by their size', () => {
    const now = calls([-1n, 10n, 9n, 100n].map((n) => group(0, int(n), 1n)).concat(group(2, int(1n), 1n)));
    expect(now.all().map(({ key }) => key?.text)).toEqual(['-1', '9', '10', '100', '1']);
  });

  test('what is not known is a group by its reason', () => {
    const now = calls([
      group(0, undecided('unreadable'), 1n),
      group(1, undecided('unreadable'), 1n),
      group(0, undecided('gone'), 1n),
    ]);
    expect(now.all().map(brief)).toEqual([
      ['app::f', '<unreadable>', 2, 2],
      ['app::f', '<gone>', 1, 1],
    ]);
  });

  test('what is in no group, by copy; what was lost makes the numbers least ones', () => {
    const now = calls([], { gaps: { ...none, undecided: [0n, 2n, 0n], unwound: [0n, 1n, 3n] } });
    expect(now.ungrouped.map(({ function: name, undecided, unwound }) => [name, undecided, unwound])).toEqual([
      ['app::f', 2n, 1n],
      ['app::g', 0n, 3n],
    ]);
    expect(now.isNothing).toBe(false);
    expect(calls([]).isNothing).toBe(true);
    for (const lost of [{ events: 1n }, { pending: 1n }, { processes: 1 }])
      expect(calls([], { lost: { ...noLoss, ...lost } }).isLeast).toBe(true);
    expect(calls([], { lost: { ...noLoss, groups: 1n } }).isLeast).toBe(false);
  });

  test('of a function of which calls may be missed every number is a least one', () => {
    const doubted = new GroupedSites(known.sites, ['app::g']);
    const groups = [group(0, int(7n), 2n), group(2, int(7n), 1n)];
    const now = new GroupedCalls(doubted, { seconds: 1, groups, gaps: none, lost: noLoss }, null);
    expect(now.isLeast).toBe(true);
    expect(now.all().map(({ function: name, isLeast }) => [name, isLeast])).toEqual([
      ['app::f', false],
      ['app::g', true],
    ]);
  });
});
