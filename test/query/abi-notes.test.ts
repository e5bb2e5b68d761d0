import { describe, expect, test } from 'vitest';
import { address } from '../../src/base/units.ts';
import type { DebugType, DebugTypes } from '../../src/elf/type-model.ts';
import { abiNotes } from '../../src/query/abi-notes.ts';
import { callNotes, inlinedNote } from '../../src/query/call-notes.ts';
import type { CopyFacts } from '../../src/query/copy-facts.ts';
import type { ShownPiece, ShownResult, ShownValues } from '../../src/query/show-model.ts';

type Argument = ShownValues['args'][number];
type Location = ShownPiece['location'];

const reg = (name: 'rdi' | 'rsi' | 'rdx' | 'rax'): Location => ({ kind: 'register', reg: name, add: 0n });
const stack = (offset: bigint): Location => ({ kind: 'stack', offset });
const pieces = (...locations: Location[]): ShownPiece[] =>
  locations.map((location, i) => ({ location, valueOffset: 8 * i, size: 8, evidence: 'verified' }));
const argument = (name: string | null, locations: Location[], more: Partial<Argument> = {}): Argument => ({
  name,
  type: 'T',
  typeId: null,
  mode: 'direct',
  pieces: pieces(...locations),
  evidence: 'verified',
  note: null,
  candidates: [],
  ...more,
});
const empty = argument('unit', [], { mode: 'none', evidence: 'abi' });
const lost = argument('lost', [], { mode: null, evidence: 'gone' });
const result = (
  mode: ShownResult['mode'],
  locations: Location[] = [],
  more: Partial<ShownResult> = {},
): ShownResult => ({
  type: 'T',
  typeId: null,
  mode,
  pieces: pieces(...locations),
  evidence: 'verified',
  note: null,
  candidates: [],
  bound: null,
  ...more,
});
const valuesOf = (args: Argument[], returned = result('direct', [reg('rax')])): ShownValues => ({
  at: address(0x1000n),
  args,
  result: returned,
  stale: { behindPointers: null, places: [] },
  captures: [],
  entries: 1,
  assumptions: [],
});

const copy: CopyFacts['copy'] = {
  kind: 'symbol',
  name: 'app::f',
  dwarfPath: 'app::f',
  raw: null,
  address: address(0x1000n),
  size: 16n,
  ranges: [],
  hasSymbol: true,
  isIfunc: false,
  function: null,
  debugCopy: 0,
  callSite: null,
  callers: [],
  aliases: [],
  mergedWith: null,
};
const probe: CopyFacts['probe'] = {
  address: copy.address,
  offset: null,
  cost: 'stepped',
  instruction: 'nop',
  returns: 'sites',
  exits: 1,
  tailJumps: { count: 0, targets: [] },
  reason: null,
  cheaper: null,
};
const facts = (more: Partial<CopyFacts>): CopyFacts => ({
  copy,
  values: null,
  probe,
  limit: null,
  inlinedThere: [],
  types: null,
  own: 1,
  ...more,
});
const notesOf = (args: Argument[], returned?: ShownResult, more: Partial<CopyFacts> = {}): string[] =>
  abiNotes(facts({ values: valuesOf(args, returned), ...more }));

const base = (id: number, name: string, size: bigint): DebugType => ({
  id,
  name,
  kind: 'base',
  encoding: 'unsigned',
  size,
  align: size,
  language: 'rust',
});
const rdiHeld = 'what a tool prints as its first argument is whatever rdi held';

describe('what is not passed', () => {
  test('no arguments, no result', () => {
    expect(notesOf([], result('none'))).toEqual([
      'takes no arguments and returns nothing: what a tool prints as its first argument and its return value is whatever rdi and rax held',
    ]);
    expect(notesOf([], result('never'))).toEqual([expect.stringMatching(/^takes no arguments and never returns: /)]);
    expect(notesOf([])).toEqual([`takes no arguments: ${rdiHeld}`]);
    expect(notesOf([empty])).toEqual([`takes no argument that has a size: ${rdiHeld}`]);
    expect(notesOf([argument('a', [reg('rdi')])], result('none'))).toEqual([
      'returns nothing: what a tool prints as its return value is whatever rax held',
    ]);
  });

  test('rdi holds something where the result is in memory', () => {
    const memory: Location = { kind: 'memory', base: 'rax', offset: 0n, followed: [] };
    expect(notesOf([], result('sret', [memory]))).toEqual([
      'its result is written to memory whose address the caller passes in rdi, before the arguments; rax holds that address when it returns',
    ]);
    expect(notesOf([], result('sret', [{ ...memory, base: 'rdi' }]))[0]).toMatch(/no register need hold that address$/);
  });

  test('a closure may be given what no parameter declares', () => {
    expect(notesOf([], undefined, { copy: { ...copy, dwarfPath: 'app::f::{closure#0}' } })).toEqual([]);
  });

  test('arguments that the optimiser took away', () => {
    const changed = /^the optimiser passes other things than the source says/;
    const kept = argument('a', [reg('rdi')]);
    expect(notesOf([kept, lost])).toEqual([expect.stringMatching(changed)]);
    expect(notesOf([kept, { ...lost, mode: 'direct' }])).toEqual([]);
    const constant: Location = { kind: 'constant', bytes: Uint8Array.of(3) };
    expect(notesOf([argument('a', [constant], { mode: null, evidence: 'dwarf' })])).toEqual([
      expect.stringMatching(changed),
    ]);
  });
});

describe('what is passed otherwise than by position', () => {
  const types: DebugTypes = {
    type: (id) =>
      id === 1
        ? base(1, 'u64', 8n)
        : {
            ...base(2, 'app::Pair', 16n),
            kind: 'struct',
            members: [
              { name: 'second', type: 1, offset: 8n, bits: null, isArtificial: false },
              { name: 'first\x1b', type: 1, offset: 0n, bits: null, isArtificial: false },
            ],
            bases: [],
            generics: [],
            variants: null,
            containing: null,
            isDeclaration: false,
          },
    signature: () => null,
    find: () => [],
    vtables: () => [],
  };

  test('two registers, with the names of its fields, or its bytes', () => {
    const pair = argument('p', [reg('rdi'), reg('rsi')], { mode: 'pair' });
    const known = { types, ids: [2], returns: null, rustc: 95 };
    expect(notesOf([pair])).toEqual(['`p` takes two registers: rdi bytes 0 to 7, rsi bytes 8 to 15']);
    expect(notesOf([pair], undefined, { types: known })).toEqual([
      '`p` takes two registers: rdi its `.first\\x1b`, rsi its `.second`',
    ]);
    // What is passed before the parameters has no type in the list.
    const hidden = argument('env', [reg('rdx')], { isHidden: true, evidence: 'raw' });
    expect(notesOf([hidden, pair], undefined, { types: known })).toEqual([
      expect.stringContaining('rsi its `.second`'),
    ]);
  });

  test('by address, on the stack, in vector registers', () => {
    const indirect: Location = { kind: 'memory', base: 'rdi', offset: 0n, followed: [] };
    const slot: Location = { kind: 'memory', base: 'rsp', offset: 16n, followed: [0n] };
    const args = [
      argument('a', [indirect], { mode: 'indirect' }),
      argument('b', [slot], { mode: 'indirect' }),
      argument('c', [stack(8n)]),
      argument('d', [stack(24n)]),
      argument(null, [{ kind: 'vector', reg: 'xmm0' }]),
    ];
    expect(notesOf(args)).toEqual([
      '`a` is in memory: rdi holds its address',
      '`b` is in memory: the word 16 bytes above the stack pointer holds its address',
      '`c`, `d` come on the stack, 8, 24 bytes above the stack pointer',
      'floats travel in vector registers (xmm0 and so on), which kernel probes cannot read',
    ]);
  });

  test('what is not known is not explained', () => {
    for (const evidence of ['gone', 'conflict', 'raw'] as const)
      expect(notesOf([argument('p', [reg('rdi'), reg('rsi')], { evidence })])).toEqual([]);
  });

  test('many such arguments are counted', () => {
    const many = Array.from({ length: 7 }, (_, i) => argument(`a${i}`, [reg('rdi'), reg('rsi')]));
    expect(notesOf(many)).toHaveLength(5);
    expect(notesOf(many)[4]).toBe('3 more arguments are passed in such ways');
  });

  test('compilers that were not tried', () => {
    const old = { types, ids: [], returns: null, rustc: 50 };
    expect(notesOf([argument('a', [reg('rdi')])], undefined, { types: old })).toEqual([
      expect.stringMatching(/^made by rustc 1\.50: /),
    ]);
  });
});

describe('which calls a probe sees', () => {
  test('jumps into other functions', () => {
    const jumps = (count: number, targets: string[], exits = count): string[] =>
      callNotes(facts({ probe: { ...probe, exits, tailJumps: { count, targets } } }));
    expect(jumps(1, ['app::g'])).toEqual([
      'has no `ret`: it ends by a jump to app::g; then what that returns is its result',
    ]);
    expect(jumps(2, [], 3)).toEqual([expect.stringMatching(/^may end by a jump to other functions at 2 places; /)]);
    expect(jumps(5, ['a', 'b', 'c', 'd\x1b', 'e'])).toEqual([
      expect.stringContaining('a, b, c and 2 more at 5 places'),
    ]);
    expect(jumps(0, [])).toEqual([]);
    // Where returns can't be watched, jumps are no exits.
    const none = { ...probe, returns: 'none', tailJumps: { count: 1, targets: [] } } as const;
    expect(callNotes(facts({ probe: none }))).toEqual([]);
  });

  test('what is inlined there: a few, short, harmless', () => {
    const there = Array.from({ length: 9 }, (_, i) => ({
      name: `app::x\x1b${'y'.repeat(200)}`,
      callSite: { file: '/src/a\u202e.rs', line: i, column: 0 },
      times: i + 1,
    }));
    const [note = ''] = callNotes(facts({ inlinedThere: there }));
    expect(note).toMatch(/^[\x20-\x7e…]*$/);
    expect(note).toContain('a\\u{202e}.rs:1 (2 times), ');
    expect(note).toMatch(/ and 3 more$/);
    expect(note.length).toBeLessThan(900);
  });

  test('instances, loops, async', () => {
    expect(callNotes(facts({ copy: { ...copy, kind: 'instance' }, own: 2 }))).toEqual([
      expect.stringMatching(/^one of 2 instances/),
    ]);
    expect(callNotes(facts({ limit: 'calls may be missed' }))).toEqual(['calls may be missed']);
    expect(callNotes(facts({ copy: { ...copy, dwarfPath: 'app::f::{async_fn#0}' } }))).toEqual([
      expect.stringMatching(/once for each poll/),
    ]);
    expect(callNotes(facts({}))).toEqual([]);
  });

  test('functions around inlined copies, each once', () => {
    const into = (...names: string[]): CopyFacts['copy'] => ({
      ...copy,
      kind: 'inlined',
      callers: names.map((name) => ({ name, address: copy.address, callSite: null })),
    });
    expect(inlinedNote([])).toBe(null);
    expect(inlinedNote([into('app::g', 'app::main'), into('app::main')])).toMatch(/^a probe on app::main fires once/);
    expect(inlinedNote(['a', 'b', 'c\x1b', 'd', 'e'].map((name) => into(name)))).toMatch(
      /^a probe on a or b or c\\x1b and so on fires once/,
    );
  });
});
