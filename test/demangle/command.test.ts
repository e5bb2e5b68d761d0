import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { cli, cliFail, program, rsym } from '../support/cli.ts';

test('names as arguments: a line each', () => {
  expect(rsym(['demangle', '_RNvC1a1b', 'main', '_Z1fv', 'ZN1a1b17h0123456789abcdefE'])).toEqual({
    status: 0,
    stdout: 'a::b\nmain\nf()\na::b\n',
    stderr: '',
  });
});

test('--full shows hashes, before and behind the names', () => {
  const full = 'a::b::h0123456789abcdef\n';
  expect(rsym(['demangle', '--full', '_ZN1a1b17h0123456789abcdefE']).stdout).toBe(full);
  expect(rsym(['demangle', '_ZN1a1b17h0123456789abcdefE', '--full']).stdout).toBe(full);
});

test('a filter: everything else byte for byte', () => {
  const text = Buffer.concat([
    Buffer.from('\u001b[1m_RNvC1a1b\u001b[0m\r\n\0'),
    Buffer.from([0xff, 0xfe]),
    Buffer.from('_Z1fv'),
  ]);
  const done = cli(['demangle'], { input: text });
  expect(done.stdoutBytes.toString('latin1')).toBe('\u001b[1ma::b\u001b[0m\r\n\0\u00ff\u00fef()');
  expect(done.status).toBe(0);
});

test('empty input is an answer', () => {
  expect(rsym(['demangle'])).toEqual({ status: 0, stdout: '', stderr: '' });
});

test('--json: one line a name, from arguments and from text', () => {
  const line = { schema: 1, raw: '_RNvC1a1b', name: 'a::b', scheme: 'rust-v0' };
  expect(JSON.parse(rsym(['demangle', '--json', '_RNvC1a1b']).stdout)).toEqual(line);
  const { stdout } = rsym(['demangle', '--json'], { input: 'x _RNvC1a1b, y _RNvC1a1b\nnone' });
  expect(
    stdout
      .trimEnd()
      .split('\n')
      .map((text) => JSON.parse(text)),
  ).toEqual([line, line]);
});

test('an unknown option', () => {
  expect(cliFail(['demangle', '--nonsense'])).toContain('--nonsense');
});

test('a slow writer gets its lines at once, and a closed pipe ends it quietly', async () => {
  const child = spawn(process.execPath, [program, 'demangle'], { stdio: ['pipe', 'pipe', 'pipe'] });
  const errors: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
  child.stdin.on('error', () => undefined);
  const ended = once(child, 'exit');
  const feeding = setInterval(() => child.stdout.destroyed && child.stdin.write('more _RNvC1a1b\n'), 10);
  try {
    child.stdin.write('first _RNvC1a1b\n');
    const [chunk] = (await Promise.race([once(child.stdout, 'data'), ended])) as [unknown];
    expect(String(chunk)).toBe('first a::b\n');
    child.stdout.destroy();
    const [status] = (await ended) as [number | null];
    expect({ status, errors: Buffer.concat(errors).toString() }).toEqual({ status: 0, errors: '' });
  } finally {
    clearInterval(feeding);
    child.kill('SIGKILL');
  }
});
