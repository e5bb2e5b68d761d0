import { release, userInfo } from 'node:os';
import { describe, expect, test } from 'vitest';
import { type DoctorReport, launchRefusalsOf, refusalsOf } from '../../src/query/doctor.ts';
import type { Machine } from '../../src/query/machine.ts';
import { readMachine } from '../../src/query/machine.ts';
import { testWith } from '../support/need.ts';

const names = ['CAP_BPF', 'CAP_PERFMON', 'CAP_SYS_ADMIN', 'CAP_SYS_PTRACE'];

const machine = (held: readonly string[], own: Partial<Machine> = {}): Machine => ({
  os: 'linux',
  release: '6.18.0',
  arch: 'x64',
  node: '20.19.0',
  uid: 1000,
  container: null,
  pidNamespace: 'initial',
  userNamespace: false,
  seccomp: 'off',
  lockdown: null,
  tracefs: true,
  capabilities: names.map((name) => ({ name, held: held.includes(name), obtainable: true, use: '' })),
  settings: [],
  ...own,
});

type Features = DoctorReport['features'];
const feature = (
  error: string | null,
  name: Features[number]['name'] = 'bpf-map',
  needed = true,
): Features[number] => ({
  name,
  use: '',
  needed,
  support: error === '' ? { ok: true } : { ok: false, reason: `tried: ${error}`, error },
});

describe('why tracing is refused', () => {
  test('everything needed works: nothing to say, whatever else is missing', () => {
    expect(refusalsOf(machine([]), [feature(''), feature('EACCES', 'perf-uprobe', false)])).toEqual([]);
  });

  test('an ordinary user: the missing capabilities by name, sudo first, one refusal for all features', () => {
    const [first, ...rest] = refusalsOf(machine([]), [feature('EPERM'), feature('EPERM', 'bpf-program')]);
    expect(rest).toEqual([]);
    expect(first?.reason).toBe('this process lacks CAP_BPF and CAP_PERFMON (tried: EPERM)');
    expect(first?.fixes[0]).toBe('sudo rsym …');
    expect(first?.fixes[1]).toContain('--reuid=1000');
  });

  test('one of the two capabilities is not enough', () => {
    expect(refusalsOf(machine(['CAP_BPF']), [feature('EPERM')])[0]?.reason).toMatch(/lacks CAP_PERFMON \(/);
  });

  test('capabilities that nobody could hand over: the container must be started otherwise', () => {
    const capabilities = machine([]).capabilities.map((c) => ({ ...c, obtainable: false }));
    const docker = refusalsOf(machine([], { capabilities, container: 'Docker' }), [feature('EPERM')]);
    expect(docker[0]?.fixes.join()).toMatch(/^docker run --cap-add BPF/);
    expect(refusalsOf(machine([], { capabilities }), [feature('EPERM')])[0]?.fixes.join()).not.toMatch(/sudo|docker/);
  });

  const all = machine(names);
  const cases: [string, Partial<Machine>, RegExp][] = [
    ['a user namespace', { userNamespace: true }, /only inside this user namespace/],
    ['a seccomp filter', { seccomp: 'filter' }, /seccomp filter/],
    ['lockdown', { lockdown: 'confidentiality' }, /lockdown/],
    ['anything else', {}, /security module/],
  ];
  test.each(cases)('all capabilities held, and still refused: %s', (_what, own, reason) => {
    expect(refusalsOf({ ...all, ...own }, [feature('EPERM')])[0]?.reason).toMatch(reason);
  });

  test('lack of support is told apart from lack of rights', () => {
    const refusals = refusalsOf(machine([]), [feature('EPERM'), feature('EINVAL', 'uprobe-multi')]);
    expect(refusals.map((r) => r.reason)).toEqual([
      expect.stringContaining('lacks CAP_BPF'),
      expect.stringContaining('no uprobe_multi'),
    ]);
    expect(refusalsOf(all, [feature('ENOSYS')])[0]?.reason).toMatch(/system call/);
    expect(refusalsOf(all, [feature('E2BIG')])[0]?.reason).toBe('bpf-map does not work (tried: E2BIG)');
  });
});

describe('where a trace would refuse although every feature works', () => {
  test('a nested PID namespace: whatever the rights, the host is named first', () => {
    const nested = machine(names, { pidNamespace: 'nested', container: 'Docker (/.dockerenv)' });
    const [refusal, ...rest] = refusalsOf(nested, [feature('')]);
    expect(rest).toEqual([]);
    expect(refusal).toMatchObject({
      reason: expect.stringContaining('nested PID namespace'),
      fixes: ['run rsym on the host', 'docker run --pid=host …'],
    });
    expect(refusalsOf({ ...nested, container: null }, [feature('EPERM')]).map(({ reason }) => reason)).toEqual([
      expect.stringContaining('nested PID namespace'),
      expect.stringContaining('security module'),
    ]);
    expect(refusalsOf({ ...nested, pidNamespace: 'unknown' }, [feature('')])).toEqual([]);
  });

  test('no type information: programs can not be started, running ones can be watched', () => {
    const features = [feature(''), feature('ENOENT', 'kernel-btf', false)];
    expect(refusalsOf(machine(names), features)).toEqual([]);
    expect(launchRefusalsOf(features)).toMatchObject([{ reason: expect.stringContaining('(tried: ENOENT)') }]);
    expect(launchRefusalsOf(features)[0]?.fixes[0]).toContain('-p PID');
    expect(launchRefusalsOf([feature('', 'kernel-btf', false)])).toEqual([]);
  });
});

describe('the machine as it is', () => {
  testWith('linux')('agrees with other readers of the same facts', () => {
    const read = readMachine();
    expect(read.release).toBe(release());
    expect(read.uid).toBe(userInfo().uid);
    expect(read.settings.map(({ name }) => name)).toContain('kernel.perf_event_paranoid');
  });
});
