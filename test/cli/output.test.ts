import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { ClosedPipe, write, writeAll, writeJson } from '../../src/cli/output.ts';

/** A stream that takes one write at a time and shows what is waiting. */
class Slow extends Writable {
  text = '';
  most = 0;
  readonly #limit: number;

  constructor(limit = Number.POSITIVE_INFINITY) {
    super({ decodeStrings: true, highWaterMark: 1 });
    this.#limit = limit;
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
    setImmediate(() => {
      if (this.text.length >= this.#limit) return done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
      this.text += chunk.toString('utf8');
      this.most = Math.max(this.most, this.writableLength);
      done();
    });
  }
}

const numbers = function* (count: number): Generator<string> {
  for (let i = 0; i < count; i++) yield `line ${i}\n`;
};

test('everything arrives in order, and no more than a block waits', async () => {
  const to = new Slow();
  await writeAll(numbers(100_000), to);
  expect(to.text).toBe(Array.from(numbers(100_000)).join(''));
  expect(to.most).toBeLessThan(1 << 18);
});

test('bytes and text keep their order', async () => {
  const to = new Slow();
  await writeAll(['a', Buffer.from('b'), 'c', 'd', Buffer.from('é')], to);
  expect(to.text).toBe('abcdé');
});

test('from an asynchronous source each chunk is written before the next is asked for', async () => {
  const to = new Slow();
  const seen: string[] = [];
  const source = async function* (): AsyncGenerator<string> {
    for (const chunk of ['one', 'two']) {
      seen.push(to.text);
      yield chunk;
    }
  };
  await writeAll(source(), to);
  expect(seen).toEqual(['', 'one']);
});

test('a closed pipe stops the source at once', async () => {
  const to = new Slow(1 << 17);
  to.on('error', () => undefined);
  let made = 0;
  const source = function* (): Generator<string> {
    for (const line of numbers(10_000_000)) {
      made++;
      yield line;
    }
  };
  await expect(writeAll(source(), to)).rejects.toBeInstanceOf(ClosedPipe);
  expect(made).toBeLessThan(100_000);
});

test('other write errors are for the user, with their cause', async () => {
  const full = new Writable({
    write: (_chunk, _encoding, done) => done(Object.assign(new Error('no space'), { code: 'ENOSPC' })),
  });
  full.on('error', () => undefined);
  await expect(write(full, 'x')).rejects.toMatchObject({ name: 'RsymError', reason: 'no space' });
});

test('a JSON document is one line', async () => {
  const to = new Slow();
  await writeJson({ schema: 1, name: 'a\nb' }, to);
  expect(to.text).toBe('{"schema":1,"name":"a\\nb"}\n');
});
