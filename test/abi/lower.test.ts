import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { lowerSignature, rawPlan } from '../../src/abi/lower.ts';
import type { Piece as Placed } from '../../src/abi/place.ts';
import { parseSpec } from '../../src/abi/signature.ts';
import { RsymError } from '../../src/base/errors.ts';
import { describeNeeding, shared } from '../support/need.ts';
import { piecesText } from '../support/piece-text.ts';

const plan = (text: string) => {
  const { signature } = parseSpec(text);
  if (signature === null) throw new Error(`not read as a signature: ${text}`);
  return lowerSignature(signature);
};

/** `rdi:4 rsi@8:8`, `rsp+8:8`, `xmm0:8` */
const argsOf = (text: string): string[] => plan(text).args.map(({ pieces }) => piecesText(pieces));
const retOf = (text: string): string => {
  const { ret } = plan(text);
  return `${ret.mode} ${piecesText(ret.pieces)}`.trimEnd();
};

describe('arguments', () => {
  test('fill six registers, then the stack above the return address', () => {
    expect(argsOf('f(a: u8, b: u16, c: i32, d: i64, e: bool, g: char, h: u8, i: usize)')).toEqual([
      'rdi:1',
      'rsi:2',
      'rdx:4',
      'rcx:8',
      'r8:1',
      'r9:4',
      'rsp+8:1',
      'rsp+16:8',
    ]);
  });

  test('floats are counted on their own and seen only on the stack', () => {
    expect(argsOf(`f(x: u64, ${'f64, '.repeat(8)}y: u64, z: f32, w: f64)`)).toEqual([
      'rdi:8',
      ...Array.from({ length: 8 }, (_, i) => `xmm${i}:8`),
      'rsi:8',
      'rsp+8:4',
      'rsp+16:8',
    ]);
  });

  test('the halves of a pair are placed one by one', () => {
    expect(argsOf('f(u64, u64, u64, u64, u64, s: &str, z: &[u8])').slice(5)).toEqual([
      'r9:8 rsp+8@8:8',
      'rsp+16:8 rsp+24@8:8',
    ]);
  });

  test('a 128-bit integer lies whole on the stack, aligned, and later ones use what registers are left', () => {
    const text = 'f(u64, u64, u64, u64, u64, a: u128, b: u64, c: u64, d: i128)';
    expect(argsOf(text).slice(5)).toEqual(['rsp+8:8 rsp+16@8:8', 'r9:8', 'rsp+24:8', 'rsp+40:8 rsp+48@8:8']);
    expect(plan(text).args.map(({ note }) => note !== null)).toEqual([...Array(5).fill(false), true, true, true, true]);
    expect(plan('f(a: u128, b: u64)').args.every(({ note }) => note === null)).toBe(true);
  });

  test('what has no size takes no place', () => {
    expect(argsOf('f(a: (), b: u8)')).toEqual(['', 'rdi:1']);
  });

  test('everything is given, and unnamed arguments have a name to show', () => {
    const { args, ret } = plan('f(i32, x: u8) -> u8');
    expect(args.map(({ name, evidence }) => [name, evidence])).toEqual([
      ['arg0', 'given'],
      ['x', 'given'],
    ]);
    expect(ret.evidence).toBe('given');
  });
});

test.each([
  ['f()', 'none'],
  ['f() -> !', 'never'],
  ['f() -> u8', 'direct rax:1'],
  ['f() -> f64', 'direct xmm0:8'],
  ['f() -> &str', 'pair rax:8 rdx@8:8'],
  ['f() -> i128', 'pair rax:8 rdx@8:8'],
  ['f() -> Option<&u8>', 'direct rax:8'],
  ['char *f(void)', 'direct rax:8'],
  ['void f(int)', 'none'],
])('return value of %s: %s', (text, expected) => {
  expect(retOf(text)).toBe(expected);
});

test('without a signature the registers are shown as they are', () => {
  const { args, ret } = rawPlan();
  expect(args.map(({ name, evidence }) => `${name} ${evidence}`)).toEqual(
    ['rdi', 'rsi', 'rdx', 'rcx', 'r8', 'r9'].map((reg) => `${reg} raw`),
  );
  expect(ret).toMatchObject({ evidence: 'raw', shape: { kind: 'address', size: 8 } });
});

describeNeeding(['shared'], 'compared with what compilers did', () => {
  type Piece = { loc: string; reg?: string; sp?: number; size: number };
  // biome-ignore format: the fields that are read
  type Truth = {
    name: string; rustc: string; opt: number; llvm: number;
    args: { name: string; type: string; mode: string; hidden?: boolean; pieces: Piece[] }[];
    ret: { type: string; mode: string; pieces: Piece[] };
  };

  const entries = JSON.parse(readFileSync(join(shared, 'abi/truth.json'), 'utf8')) as Truth[];

  /** Whole 64-bit words, as plans have them. */
  const words = (pieces: Piece[]): string =>
    pieces
      .flatMap((piece) => {
        if (piece.loc !== 'stack') return [`${piece.reg}:${piece.size}`];
        return piece.size === 16
          ? [`rsp+${piece.sp}:8`, `rsp+${(piece.sp ?? 0) + 8}:8`]
          : [`rsp+${piece.sp}:${piece.size}`];
      })
      .join(' ');

  const places = (pieces: readonly Placed[]): string =>
    piecesText(pieces.map((piece) => ({ ...piece, valueOffset: 0 })));

  /** The signature that a user would write; null: it has a type that this version can't be given. */
  const planOf = (entry: Truth) => {
    const args = entry.args.filter(({ hidden }) => !hidden).map(({ name, type }) => `${name}: ${type}`);
    if ([...args, entry.ret.type].some((type) => type.includes('@'))) return null;
    try {
      return plan(`f(${args.join(', ')}) -> ${entry.ret.type}`);
    } catch (error) {
      if (error instanceof RsymError && /layout|no value|does not name|no size/.test(error.message)) return null;
      throw error;
    }
  };

  test('places of arguments and return values', () => {
    const wrong: string[] = [];
    let compared = 0;
    let older = 0;
    for (const entry of entries) {
      const ours = planOf(entry);
      if (ours === null) continue;
      // The plan says of itself that LLVM before 22 places these otherwise.
      if (entry.llvm < 22 && ours.args.some(({ note }) => note !== null)) {
        older++;
        continue;
      }
      compared++;
      const theirs = entry.args.filter(({ hidden }) => !hidden);
      const all = [
        ...ours.args.map((arg, i) => [places(arg.pieces), words(theirs[i]?.pieces ?? [])]),
        [places(ours.ret.pieces), words(entry.ret.pieces)],
        [String(ours.ret.mode === 'never'), String(entry.ret.mode === 'never')],
      ];
      for (const [our, their] of all)
        if (our !== their) wrong.push(`${entry.name} ${entry.rustc} -O${entry.opt}: ${our}, truth ${their}`);
    }
    expect(wrong).toEqual([]);
    expect(compared).toBeGreaterThan(500);
    expect(older).toBeLessThan(compared / 50);
  });
});
