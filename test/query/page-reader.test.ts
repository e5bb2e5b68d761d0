import { afterAll, describe, expect, test } from 'vitest';
import { hex } from '../../src/base/units.ts';
import type { PageAsk, PageNews } from '../../src/query/page-model.ts';
import { PageReader } from '../../src/query/page-reader.ts';
import { PageThread } from '../../src/query/page-thread.ts';
import { openShow } from '../../src/query/show-file.ts';
import { fixture } from '../support/fixtures.ts';

const of = <Kind extends PageNews['kind']>(
  news: readonly PageNews[],
  kind: Kind,
): Extract<PageNews, { kind: Kind }> => {
  const found = news.find((one) => one.kind === kind);
  if (found === undefined) throw new Error(`no ${kind}`);
  return found as Extract<PageNews, { kind: Kind }>;
};

const pageAsk = (spec: string): Extract<PageAsk, { kind: 'function' }> => ({
  kind: 'function',
  spec,
  traced: spec,
  returns: 'safe',
});

describe('a page', () => {
  test('is what show says, the cheap parts first, and can be sent to another thread', () => {
    const path = fixture('inlined/release');
    using reader = new PageReader(path);
    const news = [...reader.answer(pageAsk('**'))];
    expect(news.map(({ kind }) => kind)).toEqual(['functions', 'sources', 'costs']);
    const { functions } = of(news, 'functions');
    using shown = openShow(path, ['**']);
    expect(functions).toEqual([...shown.functions].slice(0, functions.length));
    expect(structuredClone(functions)).toEqual(functions);
    const { declared, called } = of(news, 'sources');
    expect(declared.length).toBe(functions.length);
    const copies = functions.flatMap((fn) => fn.copies);
    expect(called.map((one) => one?.line ?? null)).toEqual(copies.map(({ callSite }) => callSite?.line ?? null));
  });

  test('what is named by nothing is refused', () => {
    using reader = new PageReader(fixture('hello/debug-v0'));
    expect(() => [...reader.answer(pageAsk('nonesuch'))]).toThrow('matches nonesuch');
  });
});

describe('instructions', () => {
  const path = fixture('hello/full-release');
  test('are those of show, each with its line in the line table', () => {
    using reader = new PageReader(path);
    const news = [...reader.answer({ kind: 'code', spec: 'helloworld::main', copy: 0 })];
    const chunks = news.flatMap((one) => (one.kind === 'code' ? [one.chunk] : []));
    const instructions = chunks.flatMap((chunk) => chunk.instructions);
    const lines = chunks.flatMap((chunk) => chunk.lines);
    using shown = openShow(path, ['helloworld::main'], { asm: true });
    const [fn] = shown.functions;
    const listed = [...(fn?.copies[0]?.instructions ?? [])];
    expect(instructions.map(({ address, text }) => `${hex(address)} ${text}`)).toEqual(
      listed.map(({ address, text }) => `${hex(address)} ${text}`),
    );
    const first = lines[instructions[0]?.line ?? -1];
    expect(first).toMatchObject({ line: fn?.source?.line });
    expect(new Set(lines.map(({ file, line }) => `${file}:${line}`)).size).toBe(lines.length);
    expect(of(news.slice(-1), 'code').isLast).toBe(true);
  });

  test('of a copy that is not there: none, and an end', () => {
    using reader = new PageReader(path);
    expect([...reader.answer({ kind: 'code', spec: 'helloworld::main', copy: 99 })]).toEqual([
      { kind: 'code', copy: 99, chunk: { instructions: [], lines: [] }, isLast: true },
    ]);
  });
});

describe('a check', () => {
  const check = (when: string): Extract<PageAsk, { kind: 'check' }> => ({
    kind: 'check',
    functions: ['helloworld::hello'],
    scope: { kind: 'everywhere' },
    children: false,
    returns: 'safe',
    when,
  });
  const path = fixture('hello/full-debug');
  test('of a condition that fits, and of one that does not', () => {
    using reader = new PageReader(path);
    expect([...reader.answer(check('i > 2 && len == 5'))]).toEqual([{ kind: 'checked', notes: [] }]);
    expect(() => [...reader.answer(check('nope > 2'))]).toThrow('there is no `nope`');
  });
});

describe('in a thread of its own', () => {
  const thread = new PageThread(fixture('hello/debug-v0'));
  afterAll(() => thread.close());

  const asked = (ask: PageAsk): Promise<readonly PageNews[]> =>
    new Promise((resolve, reject) => {
      const all: PageNews[] = [];
      thread.ask(ask, {
        news: (news) => {
          all.push(news);
          if (news.kind === 'costs') resolve(all);
        },
        refused: reject,
        failed: reject,
      });
    });

  test('the same answer comes, and errors as errors', async () => {
    using reader = new PageReader(fixture('hello/debug-v0'));
    const ask = pageAsk('helloworld::hello');
    expect(await asked(ask)).toEqual([...reader.answer(ask)]);
    await expect(asked(pageAsk('nonesuch'))).rejects.toMatchObject({ code: 'not-found' });
  });

  test('what was taken back is not told', async () => {
    let told = 0;
    const count = (): void => {
      told++;
    };
    thread.ask(pageAsk('helloworld::main'), { news: count, refused: count, failed: count })();
    // It is asked for after the other, and answered after it.
    await asked(pageAsk('helloworld::hello'));
    expect(told).toBe(0);
  });
});
