import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { decodeBytes } from '../../src/base/text.ts';
import type * as Module from '../../src/core/module.ts';
import { demangleAll, filter } from './columns.ts';

/** A core that traps at a word that no real one fears, and is of no use afterwards. */
const fatal = 'FATAL';
const instances = vi.hoisted(() => ({ broken: 0, asked: 0 }));

vi.mock('../../src/core/module.ts', async (original) => {
  const real = await original<typeof Module>();
  const instantiate = (): Module.Exports => {
    const core = real.instantiate();
    let isBroken = false;
    let given = 0;
    const text = (at: number, size: number): string =>
      Buffer.from(new Uint8Array(core.memory.buffer, at, size)).toString('latin1');
    const trap = (): never => {
      isBroken = true;
      instances.broken++;
      throw new RangeError('Maximum call stack size exceeded');
    };
    const traps: Record<string, (...args: (number | bigint)[]) => boolean> = {
      names_demangle: (bytes, offsets, count) => {
        const ends = new Uint32Array(core.memory.buffer, Number(offsets), Number(count) + 1);
        return text(Number(bytes), ends[Number(count)] ?? 0).includes(fatal);
      },
      filter_push: (_, from, to) => text(given + Number(from), Number(to) - Number(from)).includes(fatal),
    };
    return new Proxy({} as Module.Exports, {
      get: (_, name: string) =>
        name === 'memory'
          ? core.memory
          : (...args: (number | bigint)[]) => {
              if (isBroken) instances.asked++;
              if (traps[name]?.(...args)) return trap();
              const result = core[name]!(...args);
              if (name === 'filter_input') given = result >>> 0;
              return result;
            },
    });
  };
  return { ...real, instantiate };
});

afterEach(() => {
  expect(instances.asked).toBe(0);
});

test('a name that makes the core trap comes back as it was; the others, and later ones, are demangled', () => {
  const names = ['_Z1fv', '_RNvC1a1b', fatal, '', '_Z1gv', `_Z${fatal}`, '_Z1hi'];
  const expected = ['f()', 'a::b', fatal, '', 'g()', `_Z${fatal}`, 'h(int)'];
  expect(demangleAll(names).map(({ name }) => name)).toEqual(expected);
  expect(instances.broken).toBeGreaterThan(0);
  expect(demangleAll(['_Z1fv'])[0]!.name).toBe('f()');
});

test('a chunk that makes the core trap passes as it is, with the word held back before it', async () => {
  const chunks = ['x _Z1fv _Z1', 'gv\n', 'a _Z1', `hv ${fatal} _Z1iv\n`, '_Z1jv'].map((text) => Buffer.from(text));
  expect(decodeBytes(await filter(chunks))).toBe(`x f() g()\na _Z1hv ${fatal} _Z1iv\nj()`);
});

test('no byte is lost or doubled, wherever the chunks are cut', async () => {
  const piece = fc.constantFrom('_', 'word', '.', ' ', '\n', fatal, '_x', '-', '\u00ff');
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(piece, { maxLength: 5 }), { maxLength: 12 }), async (pieces) => {
      const chunks = pieces.map((parts) => Buffer.from(parts.join(''), 'latin1'));
      expect((await filter(chunks)).toString('latin1')).toBe(Buffer.concat(chunks).toString('latin1'));
    }),
  );
});
