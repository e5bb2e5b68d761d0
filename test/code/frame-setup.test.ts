import { expect, test } from 'vitest';
import { setsUpFrame } from '../../src/code/frame-setup.ts';
import { bytesOf } from './assembled.ts';

test.each([
  ['push rbp', '55', true],
  ['push r15', '41 57', true],
  ['push rax', '50', true],
  ['endbr64; push rbp', 'f3 0f 1e fa 55', true],
  ['sub rsp, 0x18', '48 83 ec 18', true],
  ['sub rsp, 0x1018', '48 81 ec 18 10 00 00', true],
  ['sub rax, 0x18', '48 83 e8 18', false],
  ['push 5', '6a 05', false],
  ['pop r15', '41 5f', false],
  ['mov rax, rdi', '48 89 f8', false],
  ['add rsp, 8', '48 83 c4 08', false],
  ['endbr64; ret', 'f3 0f 1e fa c3', false],
  ['nothing', '', false],
  ['the begin of an instruction', '48 83', false],
])('%s', (_, hex, expected) => {
  expect(setsUpFrame(bytesOf(hex), 0)).toBe(expected);
});
