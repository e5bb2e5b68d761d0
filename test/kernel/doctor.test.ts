import { describe, expect, test } from 'vitest';
import { probeFeatures } from '../../src/trace/features.ts';
import { program } from '../support/cli.ts';
import { fixture } from '../support/fixtures.ts';
import { describeNeeding, testWith } from '../support/need.ts';
import { openDescriptors, run } from '../support/process.ts';

type Answer = {
  schema: number;
  machine: { pid_namespace: string };
  launch: { ok: boolean; refusals: Answer['refusals'] };
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

const hello = fixture('hello/debug-v0');
const trace = ['trace', hello, 'helloworld::hello(i: i32, len: usize) -> i32', '--', '1'];

/** A way to run rsym where a trace can't start programs, and the words that say why. */
const places: [string, (args: readonly string[]) => ReturnType<typeof run>, RegExp, string | null][] = [
  [
    'in a nested PID namespace',
    (args) => run('unshare', ['--pid', '--fork', '--mount-proc', process.execPath, program, ...args]),
    /PID namespace/,
    null,
  ],
  [
    'where the kernel tells nothing of its types',
    (args) =>
      run('unshare', [
        '--mount',
        'sh',
        '-c',
        'mount -t tmpfs none /sys/kernel/btf && exec "$@"',
        'sh',
        process.execPath,
        program,
        ...args,
      ]),
    /type information/,
    'bpf',
  ],
];

describeNeeding(['kernel', 'root', 'unshare'], 'doctor, demo and trace agree', () => {
  describe.each(places)('%s', (_where, rsym, why, backend) => {
    test('doctor says that no program can be started, and why', () => {
      const { status, stdout } = rsym(['doctor', '--json']);
      const answer: Answer = JSON.parse(stdout);
      expect({ status, backend: answer.backend, ok: answer.launch.ok }).toEqual({ status: 0, backend, ok: false });
      expect(answer.launch.refusals[0]?.reason).toMatch(why);
      expect(answer.launch.refusals[0]?.fixes).not.toEqual([]);
      expect(answer.machine.pid_namespace).toBe(backend === null ? 'nested' : 'initial');
      expect(rsym(['doctor']).stdout).toMatch(/^ +not possible: /m);
    });

    test('the demo tells the reason and ends well', () => {
      const { status, stdout, stderr } = rsym(['demo']);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(stdout).toMatch(/would probe helloworld::hello inlined into helloworld::main at 0x/);
      expect(/not possible: (.*)/.exec(stdout)?.[1]).toMatch(why);
    });

    test('a trace is refused with one message', () => {
      const { status, stdout, stderr } = rsym(trace);
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
      expect(stderr.match(/^rsym: cannot /gm)).toHaveLength(1);
      expect(stderr).toMatch(why);
    });
  });

  test('here, all three work', () => {
    const answer: Answer = JSON.parse(run(process.execPath, [program, 'doctor', '--json']).stdout);
    expect(answer).toMatchObject({ backend: 'bpf', launch: { ok: true, refusals: [] } });
  });
});
