import { expect, test } from 'vitest';
import { cannotWaitForPages, refuseLargeRecord } from '../../src/trace/refusals.ts';

test('where the kernel has no sleepable probes: what is refused, why, and what to do instead', () => {
  const { code, message, reason, hints } = cannotWaitForPages('bpf(BPF_PROG_LOAD): EINVAL');
  expect({ code, message, reason }).toEqual({
    code: 'unsupported',
    message: 'pages that are not in memory cannot be read here',
    reason: 'this kernel refuses probes that wait for them (bpf(BPF_PROG_LOAD): EINVAL)',
  });
  expect(hints.join('\n')).toMatch(/without --cold-pages[\s\S]*rsym doctor/);
});

test('a record that the ring never has room for is refused, one that just fits is not', () => {
  expect(() => refuseLargeRecord(4_089, 4_096)).toThrow('the ring of 4096 bytes is too small');
  expect(() => refuseLargeRecord(4_088, 4_096)).not.toThrow();
});
