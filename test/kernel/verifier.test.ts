import { expect } from 'vitest';
import { exit, mov, type ProgramSpec } from '../../src/trace/bpf/asm.ts';
import { KernelRefusal } from '../../src/trace/uprobe/bpf.ts';
import { loadProgram } from '../../src/trace/uprobe/program.ts';
import { testWith } from '../support/need.ts';
import { openDescriptors } from '../support/process.ts';

const spec = (code: ProgramSpec['code']): ProgramSpec => ({
  name: 'rsym_test',
  type: 'kprobe',
  uprobeMulti: false,
  code,
  functions: [],
});
const noMap = (name: string): never => {
  throw new Error(name);
};

testWith('kernel')('a refused program: the last line of the log is the reason, all of it the cause', () => {
  const before = openDescriptors();
  let refusal: unknown;
  try {
    loadProgram(spec([mov('r0', 'r5'), exit()]), noMap);
  } catch (error) {
    refusal = error;
  }
  expect(refusal).toBeInstanceOf(KernelRefusal);
  const { cause, reason } = refusal as KernelRefusal;
  expect(cause).toBeInstanceOf(Error);
  // The kernel's words for a register that was never written; the program is named in front of its log.
  const log = (cause as Error).message.split('\n');
  expect(log[0]).toBe('program rsym_test');
  expect(log.join('\n')).toMatch(/R5 !read_ok/);
  expect(reason).toMatch(/^the kernel refused bpf \(E[A-Z]+\): R5 !read_ok$/);
  expect(openDescriptors()).toEqual(before);
});

testWith('kernel')('a program in order is loaded', () => {
  using program = loadProgram(spec([mov('r0', 0), exit()]), noMap);
  expect(program.value).toBeGreaterThan(2);
});
