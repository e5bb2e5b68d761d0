import { describe, expect, test } from 'vitest';
import type { ValueShape } from '../../src/abi/shape.ts';
import {
  type AluOp,
  add,
  alu,
  call,
  compareExchange,
  exit,
  fetchAdd,
  flatten,
  HELPERS,
  type Instruction,
  type JumpOp,
  jump,
  jumpIf,
  label,
  load,
  load64,
  loadFunction,
  loadMap,
  loadValue,
  mov,
  store,
} from '../../src/trace/bpf/asm.ts';
import { assemble, labelSlots, listing } from '../../src/trace/bpf/assemble.ts';
import { entryProgram } from '../../src/trace/bpf/entry.ts';
import { exitProgram } from '../../src/trace/bpf/exit.ts';
import { landingProgram } from '../../src/trace/bpf/landing.ts';
import {
  execProgram,
  followProgram,
  forkProgram,
  launchProgram,
  threadEndProgram,
} from '../../src/trace/bpf/lifecycle.ts';
import { entryLayout, exitLayout } from '../../src/trace/layout.ts';
import type { ExitSite } from '../../src/trace/site.ts';
import { PT_REGS } from '../../src/trace/sys/uapi.ts';
import { expectGolden } from '../support/golden.ts';
import { option, slice, str, u64 } from './shown-values.ts';
import {
  argument,
  exitSite,
  inMemory,
  limits,
  probeSite,
  register,
  result,
  stack,
  tailCall,
} from './traced-machine.ts';

const hex = (code: readonly Instruction[], maps: (name: string) => number = () => 0): string[] => {
  const bytes = assemble(code, maps);
  return Array.from({ length: bytes.length / 8 }, (_, i) => bytes.toString('hex', i * 8, i * 8 + 8));
};

// Opcodes as the table at the end of RFC 9669 (BPF Instruction Set Architecture) lists them.
const aluCodes: readonly [AluOp, string, string][] = [
  ['add', '07', '0f'],
  ['sub', '17', '1f'],
  ['mul', '27', '2f'],
  ['div', '37', '3f'],
  ['mod', '97', '9f'],
  ['or', '47', '4f'],
  ['and', '57', '5f'],
  ['lsh', '67', '6f'],
  ['rsh', '77', '7f'],
  ['xor', 'a7', 'af'],
  ['mov', 'b7', 'bf'],
  ['arsh', 'c7', 'cf'],
];
const jumpCodes: readonly [JumpOp, string, string][] = [
  ['eq', '15', '1d'],
  ['gt', '25', '2d'],
  ['ge', '35', '3d'],
  ['set', '45', '4d'],
  ['ne', '55', '5d'],
  ['sgt', '65', '6d'],
  ['sge', '75', '7d'],
  ['lt', 'a5', 'ad'],
  ['le', 'b5', 'bd'],
  ['slt', 'c5', 'cd'],
  ['sle', 'd5', 'dd'],
];

describe('encodings', () => {
  test.each(aluCodes)('%s', (op, immediate, register) => {
    expect(hex([alu(op, 'r7', -2)])).toEqual([`${immediate}070000feffffff`]);
    expect(hex([alu(op, 'r7', 'r10')])).toEqual([`${register}a7000000000000`]);
  });

  test.each(jumpCodes)('if %s', (op, immediate, register) => {
    expect(hex([jumpIf(op, 'r3', 0x1234, 'there'), label('there')])).toEqual([`${immediate}03000034120000`]);
    expect(hex([jumpIf(op, 'r3', 'r4', 'there'), exit(), label('there')])[0]).toBe(`${register}43010000000000`);
  });

  test.each([
    [1, '71', '72', '73'],
    [2, '69', '6a', '6b'],
    [4, '61', '62', '63'],
    [8, '79', '7a', '7b'],
  ] as const)('loads and stores of %i bytes', (size, loads, immediates, stores) => {
    expect(hex([load(size, 'r1', 'r6', 0x98)])).toEqual([`${loads}61980000000000`]);
    expect(hex([store(size, 'r10', -8, 'r2')])).toEqual([`${stores}2af8ff00000000`]);
    expect(hex([store(size, 'r10', -8, -1)])).toEqual([`${immediates}0af8ffffffffff`]);
  });

  test.each([
    ['fetch-add', [fetchAdd('r0', 40, 'r1')], ['db10280001000000']],
    ['compare-exchange', [compareExchange('r4', 8, 'r2')], ['db240800f1000000']],
    ['goto', [jump('on'), label('on')], ['0500000000000000']],
    ['call', [call('ringbuf_reserve')], ['8500000083000000']],
    ['exit', [exit()], ['9500000000000000']],
    ['64-bit load', [load64('r2', 0x8877_6655_4433_2211n)], ['1802000011223344', '0000000055667788']],
    ['64-bit load of a negative', [load64('r2', -1n)], ['18020000ffffffff', '00000000ffffffff']],
    ['map', [loadMap('r1', 'm')], ['1811000007000000', '0000000000000000']],
    ['value of a map', [loadValue('r1', 'm', 24)], ['1821000007000000', '0000000018000000']],
    ['function', [loadFunction('r3', 'f'), exit(), label('f'), exit()], ['1843000002000000', '0000000000000000']],
  ] as [string, Instruction[], string[]][])('%s', (_, code, expected) => {
    expect(hex(code, () => 7).slice(0, expected.length)).toEqual(expected);
  });

  // linux/bpf.h, __BPF_FUNC_MAPPER
  test('helpers have the numbers of the kernel’s list', () => {
    expect(HELPERS).toEqual({
      map_lookup_elem: 1,
      map_update_elem: 2,
      map_delete_elem: 3,
      ktime_get_ns: 5,
      tail_call: 12,
      get_current_pid_tgid: 14,
      get_current_comm: 16,
      get_current_task: 35,
      send_signal: 109,
      probe_read_user: 112,
      probe_read_kernel: 113,
      probe_read_user_str: 114,
      probe_read_kernel_str: 115,
      ringbuf_output: 130,
      copy_from_user: 148,
      ringbuf_reserve: 131,
      ringbuf_submit: 132,
      ringbuf_discard: 133,
      ringbuf_query: 134,
      get_current_task_btf: 158,
      get_attach_cookie: 174,
      task_pt_regs: 175,
      find_vma: 180,
      loop: 181,
    });
  });
});

describe('labels', () => {
  test('are distances from the next slot, forwards and backwards, over loads of two slots', () => {
    const code = [label('top'), loadMap('r1', 'm'), jumpIf('eq', 'r0', 0, 'end'), jump('top'), label('end'), exit()];
    expect([...labelSlots(code)]).toEqual([
      ['top', 0],
      ['end', 4],
    ]);
    expect(hex(code).slice(2)).toEqual(['1500010000000000', '0500fcff00000000', '9500000000000000']);
  });

  test('that are missing or stand twice are defects', () => {
    expect(() => hex([jump('nowhere')])).toThrow('no label nowhere');
    expect(() => hex([jumpIf('eq', 'r0', 0, 'nowhere')])).toThrow('no label nowhere');
    expect(() => hex([loadFunction('r0', 'nowhere')])).toThrow('no label nowhere');
    expect(() => hex([label('a'), label('a')])).toThrow('label a stands twice');
  });

  test('farther than a jump reaches are refused, not cut', () => {
    const far = (slots: number): Instruction[] => [
      jump('end'),
      ...Array.from({ length: slots }, () => mov('r0', 0)),
      label('end'),
    ];
    expect(hex(far(32_767))[0]).toBe('0500ff7f00000000');
    expect(() => hex(far(32_768))).toThrow(expect.objectContaining({ code: 'unsupported' }));
  });
});

test('nested steps become one list', () => {
  expect(flatten([[mov('r0', 1), [[exit()]]], [], label('x')])).toEqual([mov('r0', 1), exit(), label('x')]);
  expect(listing([add('r1', -8), load(8, 'r2', 'r10', -24), fetchAdd('r1', 0, 'r2')])).toBe(
    '  r1 += -8\n  r2 = u64[r10 - 24]\n  r2 = fetch_add u64[r1 + 0], r2',
  );
});

describe('the listing of', () => {
  const ringBytes = 1 << 20;
  const everywhere = { scope: { kind: 'all', except: [7] }, ringBytes, vma: { start: 0, end: 8 } } as const;
  const named = { scope: { kind: 'named' }, ringBytes, vma: null } as const;
  const cString: ValueShape = { kind: 'c-string', size: 8 };
  const site = probeSite({
    saved: ['rdi', 'rsi'],
    after: [{ name: 'd', type: '&str', shape: str, evidence: 'given', words: [0, 1] }],
    plan: {
      args: [
        argument('a', u64, [register('rdi')]),
        argument('b', u64, [stack(8)]),
        argument('c', cString, [register('rsi')]),
        argument('d', str, [register('rdx'), register('rcx', 8)]),
        argument('e', option(slice(str), 24, 0, 1n << 63n), [inMemory('r8', 16n, 24)]),
      ],
      ret: { ...result, mode: 'sret', shape: str, pieces: [inMemory('rax', 0n, 16)] },
    },
  });
  const bare = probeSite();
  const jump: ExitSite = tailCall({ passes: ['rsi'] });
  const exitShape = { condition: null, operand: null, shared: false, stackAdjust: 0, needsSaved: false } as const;
  const entryShape = { stackAdjust: 0, saved: [] } as const;
  const saved = site.saved.map((reg) => PT_REGS[reg]);
  const small = { ...limits, string: 200, items: 2, steps: 8, blocks: 2_048 };
  test.each([
    [
      'entry',
      entryProgram(
        { ...entryShape, layout: entryLayout(site, small), tracked: true, loops: true, stackAdjust: 32, saved },
        everywhere,
      ),
    ],
    [
      'entry-untracked',
      entryProgram({ ...entryShape, layout: entryLayout(bare, small), tracked: false, loops: false }, named),
    ],
    ['exit', exitProgram({ ...exitShape, layout: exitLayout(site, exitSite(), small), needsSaved: true }, named)],
    ['exit-uretprobe', exitProgram({ ...exitShape, layout: exitLayout(bare, null, small), stackAdjust: -8 }, named)],
    [
      'exit-jump',
      exitProgram(
        {
          ...exitShape,
          layout: exitLayout(site, jump, small),
          needsSaved: true,
          condition: 'le',
          operand: { kind: 'memory', base: 'rax', index: 'rcx' },
        },
        everywhere,
      ),
    ],
    [
      'entry-cold',
      entryProgram(
        { ...entryShape, layout: entryLayout(site, small), tracked: true, loops: false, saved },
        { ...everywhere, coldPages: true },
      ),
    ],
    [
      'exit-cold',
      exitProgram(
        { ...exitShape, layout: exitLayout(bare, null, small), stackAdjust: -8 },
        { ...named, coldPages: true },
      ),
    ],
    ['landing', landingProgram(8, named)],
    ['thread-end', threadEndProgram(named)],
    ['thread-end-scope', threadEndProgram(named, { signal: 200, live: 8 })],
    ['exec', execProgram(named)],
    ['exec-cold', execProgram({ ...named, coldPages: true })],
    ['fork', forkProgram({ tgid: 100, realParent: 108 })],
    ['follow', followProgram({ tgid: 100, realParent: 108 })],
    ['launch', launchProgram(77, { tgid: 100, realParent: 108 })],
  ] as const)('%s', (name, program) => {
    expectGolden(`bpf/${name}`, `${listing(program.code)}\n`);
    for (const callback of program.functions) expect(labelSlots(program.code).has(callback)).toBe(true);
  });
});
