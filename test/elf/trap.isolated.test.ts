import { expect, test, vi } from 'vitest';
import type * as Module from '../../src/core/module.ts';
import { openImage } from '../../src/elf/open.ts';
import { list, type Remark } from '../../src/query/list.ts';
import { writeArchive } from '../support/ar-writer.ts';
import { writeElf } from '../support/elf-writer.ts';
import { Temporary } from '../support/temporary.ts';

const core = vi.hoisted(() => ({ trapsIn: '', askedWhenBroken: 0 }));

vi.mock('../../src/core/module.ts', async (original) => {
  const real = await original<typeof Module>();
  const instantiate: typeof real.instantiate = (readAt) => {
    const instance = real.instantiate(readAt);
    let isBroken = false;
    return new Proxy({} as Module.Exports, {
      get: (_, name: string) =>
        name === 'memory'
          ? instance.memory
          : (...args: (number | bigint)[]) => {
              if (isBroken) core.askedWhenBroken++;
              if (name !== core.trapsIn) return instance[name]!(...args);
              isBroken = true;
              throw new RangeError('Maximum call stack size exceeded');
            },
    });
  };
  return { ...real, instantiate };
});

const object = writeElf({ type: 'rel', symbols: [{ name: '_RNvC4demo3two' }] });

test.each(['image_open', 'image_symbols', 'symbols_select', 'symbols_prepare', 'symbols_sort'])(
  'a trap in %s is an error that names the file; the broken instance is asked nothing more',
  (name) => {
    using folder = new Temporary();
    const path = folder.file('program', object);
    core.trapsIn = name;
    const use = (): void => {
      using image = openImage(path);
      for (const _ of list(image, { sort: 'name' }, () => undefined));
    };
    expect(use).toThrow(
      expect.objectContaining({ code: 'input', message: expect.stringMatching(/^cannot read \S+program: its /) }),
    );
    core.trapsIn = '';
    expect(use).not.toThrow();
    expect(core.askedWhenBroken).toBe(0);
  },
);

test('a trap at a member of an archive is a remark on each that is left', () => {
  using folder = new Temporary();
  const members = ['a.o', 'b.o'].map((name) => ({ name, data: object }));
  using image = openImage(folder.file('lib.a', writeArchive(members)));
  const remarks: Remark[] = [];
  core.trapsIn = 'symbols_prepare';
  expect([...list(image, {}, (remark) => remarks.push(remark))]).toEqual([]);
  core.trapsIn = '';
  expect(remarks.map(({ text }) => /lib\.a\((.*?)\)/.exec(text)?.[1])).toEqual(['a.o', 'b.o']);
  expect(core.askedWhenBroken).toBe(0);
});
