import { expect } from 'vitest';
import { probeFeatures } from '../../src/trace/features.ts';
import { program } from '../support/cli.ts';
import { testWith } from '../support/need.ts';
import { openDescriptors, run } from '../support/process.ts';

type Answer = {
  schema: number;
  backend: string | null;
  features: { name: string; needed: boolean; ok: boolean; reason: string | null }[];
  refusals: { reason: string; fixes: string[] }[];
};

/** doctor's answer with only these capabilities; the user stays root, so that it can read the checkout. */
const answerWith = (capabilities: readonly string[]): Answer => {
  const set = ['-all', ...capabilities.map((name) => `+${name}`)].join(',');
  const { status, stdout, stderr } = run('setpriv', [
    `--bounding-set=${set}`,
    '--inh-caps=-all',
    process.execPath,
    program,
    'doctor',
    '--json',
  ]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout);
};

testWith('kernel')('every needed feature is found, and trying leaves no descriptor behind', () => {
  const before = openDescriptors();
  const features = probeFeatures();
  expect(features.filter((f) => f.name !== 'perf-uprobe' && !f.support.ok)).toEqual([]);
  expect(openDescriptors()).toEqual(before);
});

testWith(
  'kernel',
  'root',
  'setpriv',
)('CAP_BPF and CAP_PERFMON are enough', () => {
  const { backend, refusals, features } = answerWith(['bpf', 'perfmon']);
  expect({ backend, refusals }).toEqual({ backend: 'bpf', refusals: [] });
  expect(features.find((f) => f.name === 'perf-uprobe')).toMatchObject({ ok: false, needed: false });
});

testWith(
  'kernel',
  'root',
  'setpriv',
)('without capabilities nothing works, and the missing ones are named', () => {
  const { backend, refusals, features, schema } = answerWith([]);
  expect({ schema, backend }).toEqual({ schema: 1, backend: null });
  expect(features.filter((f) => f.needed && f.ok)).toEqual([]);
  expect(refusals).toHaveLength(1);
  expect(refusals[0]?.reason).toContain('lacks CAP_BPF and CAP_PERFMON');
});
