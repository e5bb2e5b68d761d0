import { expect, test } from 'vitest';
import { observe } from '../../src/abi/observation.ts';
import { followEntry } from '../../src/code/entry-state.ts';
import type { DebugVariable, Operation } from '../../src/elf/variable-model.ts';
import { at, readerOf } from '../code/assembled.ts';
import { piecesText } from '../support/piece-text.ts';

/** The entry places of a parameter that is at the frame base, rsp, plus `offset` all the time. */
const observed = (code: string, offset = 0n, size = 8): string => {
  const operations: readonly Operation[] = [{ op: 'frame-offset', offset }];
  const variable: DebugVariable = {
    die: 0,
    name: 'self',
    type: null,
    isParameter: true,
    isArtificial: false,
    line: null,
    constant: null,
    locations: [{ range: null, operations }],
    block: null,
  };
  const frame = {
    start: at(0x1000),
    code: followEntry(at(0x1000), readerOf({ 4096: code }), 20),
    prologueEnd: null,
    frameBase: [{ range: null, operations: [{ op: 'register', register: 7 } as const] }],
  };
  return piecesText(observe(variable, size, frame).at);
};

test.each<[string, string, bigint, number, string]>([
  ['push rax; mov [rsp], rdi', '50 48 89 3c 24', 0n, 8, 'rdi:8'],
  ['push rax; mov [rsp+4], edi', '50 89 7c 24 04', 4n, 4, 'rdi:4'],
  ['push rax; mov [rsp], edi', '50 89 3c 24', 0n, 4, 'rdi:4'],
  ['push rdi', '57', 0n, 8, 'rdi:8'],
  ['push rax; mov [rsp], rdi; mov [rsp], rsi: which one is it?', '50 48 89 3c 24 48 89 34 24', 0n, 8, ''],
  ['push rax; test esi, esi; je; mov [rsp], rdi: not on every way', '50 85 f6 74 04 48 89 3c 24', 0n, 8, ''],
  ['sub rsp, 8; mov [rsp], rax; mov [rsp], rdi: no push', '48 83 ec 08 48 89 04 24 48 89 3c 24', 0n, 8, ''],
])('%s', (_, code, offset, size, expected) => {
  expect(observed(`${code} c3`, offset, size)).toBe(expected);
});
