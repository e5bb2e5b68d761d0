import { describe, expect, test } from 'vitest';
import type { ReturnPlan, ValuePlan } from '../../src/abi/model.ts';
import type { ValueShape } from '../../src/abi/shape.ts';
import { evaluate } from '../../src/expr/evaluate.ts';
import { parseFilter } from '../../src/expr/filter.ts';
import { callEnvironment } from '../../src/trace/call-environment.ts';
import type { EnterRecord, ExitRecord } from '../../src/trace/record.ts';
import type { ExitSite } from '../../src/trace/site.ts';
import { type Held, type Memory, type Setting, sp } from './captured.ts';
import { cstr, field, memory, named, option, reference, slice, str, u8, u32, u64, unit } from './shown-values.ts';
import {
  argument,
  exitSite,
  inMemory,
  mainThread,
  probeSite,
  register,
  result,
  TracedMachine,
  tailCall,
} from './traced-machine.ts';

type Call = Setting & {
  readonly args?: readonly ValuePlan[];
  readonly ret?: ReturnPlan;
  /** The exit that is hit, and registers and memory there; null: none is. */
  readonly exit?: { readonly site: ExitSite; readonly held?: Held; readonly memory?: Memory } | null;
  readonly duration?: bigint | null;
  readonly comm?: string;
};

/** What a condition is for one call, from registers and memory through the programs and their records. */
const decided = (text: string, { args = [], ret = result, exit = null, duration = null, ...call }: Call = {}) => {
  const exits = exit === null ? [] : [exit.site];
  const site = probeSite({ returns: { mode: 'sites', exits }, ...call.site, plan: { args, ret } });
  const traced = new TracedMachine([site], { limits: call.limits ?? {}, ringBytes: 1 << 18 });
  for (const [at, ...parts] of call.memory ?? []) traced.machine.user.write(at, memory(...parts));
  traced.enter(mainThread, 0, sp, call.held ?? {}, call.comm);
  for (const [at, ...parts] of exit?.memory ?? []) traced.machine.user.write(at, memory(...parts));
  if (exit !== null) traced.exit(mainThread, 0, sp, exit.held ?? {});
  const [enter, left = null] = traced.records();
  return evaluate(
    parseFilter(text, site.plan),
    callEnvironment(site, enter as EnterRecord, left as ExitRecord | null, duration),
  );
};

const undecided = (why: string) => ({ undecided: why });
const pair = named('Pair', 16, field('near', 0, u64), field('far', 8, u64));
const cString: ValueShape = { kind: 'c-string', size: 8 };

describe('a call', () => {
  test('is known by its process, its thread and its name', () => {
    expect(decided('pid == 100 && tid == 100 && comm == "main"', { comm: 'main' })).toBe(true);
    expect(decided('duration > 1us', { duration: 1_001n })).toBe(true);
    expect(decided('duration > 1us')).toEqual(undecided('gone'));
  });

  test('has its arguments by their number, each in the places of its own', () => {
    const args = ['rdi', 'rsi'].map((reg, i) => argument(`a${i}`, u64, [register(reg as 'rdi' | 'rsi')]));
    const held = { rdi: 7n, rsi: (1n << 64n) - 1n };
    expect(decided('a0 == 7 && a1 == u64::MAX', { args, held })).toBe(true);
    expect(decided('a0 == 8', { args, held })).toBe(false);
  });

  test('has the result of its return, and none before or where another function returns in its place', () => {
    const held = { rax: 9n };
    expect(decided('ret == 9', { exit: { site: exitSite(), held } })).toBe(true);
    expect(decided('ret == 9')).toEqual(undecided('gone'));
    expect(decided('ret == 9', { exit: { site: tailCall(), held } })).toEqual(undecided('gone'));
  });

  test('has memory behind a result as it is at the return, behind an argument as it was at the beginning', () => {
    const at = 0x5000n;
    const args = [argument('a', reference(u64), [register('rdi')])];
    const ret: ReturnPlan = { ...argument('', reference(u64), [register('rax')]), type: '&u64', mode: 'direct' };
    const call = { args, ret, held: { rdi: at }, memory: [[at, 1n]] as const };
    const exit = { site: exitSite(), held: { rax: at }, memory: [[at, 2n]] as const };
    expect(decided('a == 1 && ret == 2', { ...call, exit })).toBe(true);
  });
});

describe('what is not known', () => {
  test('of several places that are claimed none is believed, not even where they agree', () => {
    const claims = ['rdi', 'rsi'].map((reg) => ({
      evidence: 'abi' as const,
      pieces: [register(reg as 'rdi' | 'rsi')],
      note: '',
    }));
    const args: ValuePlan[] = [{ ...argument('a', u64, []), evidence: 'conflict', candidates: claims }];
    expect(decided('a == 1', { args, held: { rdi: 1n, rsi: 1n } })).toEqual(undecided('gone'));
  });

  test('a part that is in no place', () => {
    const args = [argument('a', pair, [register('rdi', 8)])];
    expect(decided('a.far == 3', { args, held: { rdi: 3n } })).toBe(true);
    expect(decided('a.near == 3', { args, held: { rdi: 3n } })).toEqual(undecided('gone'));
  });

  test('a page that is not there, also for what is further inside', () => {
    const args = [argument('a', reference(pair), [register('rdi')]), argument('b', u64, [inMemory('rsi', 0n, 8)])];
    const held = { rdi: 0x5000n, rsi: 0x6000n };
    for (const text of ['a.near == 1', 'a.far == 1', 'b == 1'])
      expect(decided(text, { args, held }), text).toEqual(undecided('unreadable'));
    expect(decided('a.far == 1', { args, held: { ...held, rdi: 0n } })).toEqual(undecided('null'));
  });

  test('memory that may not have been stored yet', () => {
    const args = [argument('a', reference(pair), [register('rdi')])];
    const stale = [{ base: 'rdi' as const, index: null, scale: 1, displacement: 8n, size: 8 }];
    const call: Call = { args, held: { rdi: 0x5000n }, memory: [[0x5000n, 1n, 2n]], site: { stale } };
    expect(decided('a.near == 1', call)).toBe(true);
    expect(decided('a.far == 2', call)).toEqual(undecided('gone'));
    expect(decided('a.near == 2 && a.far == 2', call)).toBe(false);
  });

  test('what is withheld', () => {
    const secret: ValueShape = { kind: 'cut', size: 8, why: 'redacted' };
    const both: ValueShape = {
      kind: 'enum',
      size: 16,
      tag: { offset: 0, size: 8 },
      variants: [
        { name: 'Open', form: 'tuple', fields: [field('0', 8, u64)], values: [{ low: 0n, high: 0n }] },
        { name: 'Shut', form: 'tuple', fields: [field('0', 8, secret)], values: [{ low: 1n, high: 1n }] },
      ],
    };
    const args = [argument('a', both, [register('rdi'), register('rsi', 8)])];
    expect(decided('a is Shut(..)', { args, held: { rdi: 1n, rsi: 5n } })).toBe(true);
    expect(() => decided('a is Open(5)', { args, held: { rdi: 0n, rsi: 5n } })).toThrow('known');
  });
});

describe('memory behind a value', () => {
  const text = argument('s', str, [register('rdi'), register('rsi', 8)]);
  const long = 'abcdefghijklmnopqrstuvwxyz';
  const held = { rdi: 0x5000n, rsi: BigInt(long.length) };
  const call: Call = { args: [text], held, memory: [[0x5000n, long]] };

  test('is known as far as it was read', () => {
    expect(decided(`s == "${long.slice(0, 25)}!"`, { ...call, limits: { string: 26 } })).toBe(false);
    expect(decided(`s == "${long}"`, { ...call, limits: { string: 26 } })).toBe(true);
    expect(decided(`s == "${long}"`, call)).toEqual(undecided('truncated'));
    expect(decided(`s == "X${long.slice(1)}"`, call)).toBe(false);
    expect(decided('s.starts_with("abcd") && s.len() == 26', call)).toBe(true);
    expect(decided('s.ends_with("xyz")', call)).toEqual(undecided('depth'));
    expect(decided('s.contains("jkl")', call)).toBe(true);
    expect(decided('s.contains("xyz")', call)).toEqual(undecided('truncated'));
  });

  test('of a C string ends with its NUL, or where no more was read', () => {
    const args = [argument('s', cString, [register('rdi')])];
    const short: Call = { args, held: { rdi: 0x5000n }, memory: [[0x5000n, 'abc', [0], 'def']] };
    expect(decided('s == "abc"', short)).toBe(true);
    const cut: Call = { args, held: { rdi: 0x5000n }, memory: [[0x5000n, long, [0]]] };
    expect(decided('s == "abc"', cut)).toBe(false);
    expect(decided('s.len() == 26', cut)).toEqual(undecided('truncated'));
    const owned = [argument('s', cstr, [register('rdi'), register('rsi', 8)])];
    expect(decided('s == "abc"', { ...short, args: owned, held: { rdi: 0x5000n, rsi: 4n } })).toBe(true);
  });

  test('of a sequence is known as far as elements were read', () => {
    const args = [argument('a', slice(u32), [register('rdi'), register('rsi', 8)])];
    const words = Array.from({ length: 8 }, (_, i) => BigInt(i) | (BigInt(i) << 32n));
    const call: Call = { args, held: { rdi: 0x5000n, rsi: 16n }, memory: [[0x5000n, ...words]], limits: { items: 4 } };
    expect(decided('a[3] == 1', call)).toBe(true);
    expect(decided('a[4] == 2', call)).toEqual(undecided('depth'));
    expect(decided('a[16] == 2', call)).toEqual(undecided('index'));
    expect(decided('a.len() == 16', call)).toBe(true);
  });

  test('was not read where the record had no room for it', () => {
    const args = ['rdi', 'rsi'].map((reg, i) => argument(`a${i}`, reference(pair), [register(reg as 'rdi' | 'rsi')]));
    const held = { rdi: 0x5000n, rsi: 0x6000n };
    const two: Call = {
      args,
      held,
      memory: [
        [0x5000n, 1n, 2n],
        [0x6000n, 3n, 4n],
      ],
    };
    expect(decided('a0.near == 1 && a1.far == 4', two)).toBe(true);
    expect(decided('a1.far == 4', { ...two, limits: { blocks: 32 } })).toEqual(undecided('truncated'));
  });

  test('of an enum is only read for the variant that the value is', () => {
    const args = [argument('a', option(reference(u64), 8, 0, 0n), [register('rdi')])];
    const call: Call = { args, held: { rdi: 0x5000n }, memory: [[0x5000n, 6n]] };
    expect(decided('a is Some(6)', call)).toBe(true);
    expect(decided('a is Some(6)', { ...call, held: { rdi: 0n } })).toBe(false);
  });

  test('of several blocks is one where they join', () => {
    const bytes = slice(u8);
    const args = ['rdi', 'rdx'].map((reg, i) =>
      argument(`a${i}`, bytes, [register(reg as 'rdi' | 'rdx'), register(i === 0 ? 'rsi' : 'rcx', 8)]),
    );
    const held = { rdi: 0x5000n, rsi: 8n, rdx: 0x5004n, rcx: 4n };
    const call: Call = { args, held, memory: [[0x5000n, 'abcdefgh']], limits: { items: 4 } };
    expect(decided('a0 == b"abcdefgh"', call)).toBe(true);
    expect(decided('a0 == b"abcdefgh"', { ...call, held: { ...held, rdx: 0x5005n } })).toEqual(undecided('truncated'));
  });
});

test('a result of no size is no value', () => {
  const ret: ReturnPlan = { ...argument('', unit, []), type: '()', mode: 'none' };
  expect(decided('pid == 100', { ret, exit: { site: exitSite() } })).toBe(true);
});
