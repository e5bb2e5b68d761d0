import { describe, expect, test } from 'vitest';
import { openDebugInfo } from '../../src/elf/debug-info.ts';
import { openImage } from '../../src/elf/open.ts';
import type { ReturnsChoice } from '../../src/query/exits.ts';
import { copyWords, type ProbeCosts, probeCosts } from '../../src/query/probe-costs.ts';
import { wouldProbe } from '../../src/query/would-probe.ts';
import { fixture } from '../support/fixtures.ts';
import { Temporary } from '../support/temporary.ts';
import { wasmWithNames } from '../support/wasm-names.ts';

const costsOf = (path: string, functions: readonly string[], returns: ReturnsChoice = 'safe'): ProbeCosts => {
  using image = openImage(path);
  using debug = openDebugInfo(image);
  return probeCosts({ image, symbols: image.symbols(), debug }, functions, returns);
};

test('each copy is where a trace would probe it', () => {
  const path = fixture('inlined/release');
  const planned = wouldProbe(path, ['**']);
  const { copies } = costsOf(path, ['**']);
  expect(copies.map(({ entry }) => entry.address)).toEqual(planned.map(({ address }) => address));
  expect(copies.some(({ kind }) => kind === 'inlined')).toBe(true);
  for (const copy of copies.filter(({ kind }) => kind === 'inlined'))
    expect(copyWords(copy)).toMatch(/ inlined at \w+\.rs(?::[1-9]\d*)? in /);
});

describe('the sum', () => {
  const path = fixture('hello/debug-v0');
  const name = 'helloworld::hello';
  test('is that of the copies', () => {
    const { copies, emulated, stepped, landings } = costsOf(path, [name]);
    const probes = copies.flatMap(({ entry, exits }) => [entry, ...exits]);
    expect(copies[0]?.exits.length).toBeGreaterThan(0);
    expect(emulated + stepped).toBe(probes.length);
    expect(emulated).toBe(probes.filter(({ instruction }) => /^(?:push|nop|j|call)/.test(instruction)).length);
    expect(landings).toBeGreaterThan(0);
  });

  test('by the choice of returns', () => {
    expect(costsOf(path, [name], 'off')).toMatchObject({ emulated: 0, stepped: 1, uretprobes: 0, landings: 0 });
    const fast = costsOf(path, [name], 'fast');
    expect(fast).toMatchObject({ stepped: 1, uretprobes: 1 });
    expect(fast.notes[0]).toMatch(/^returns by uretprobe: a panic/);
  });
});

test('of what is no program for this machine there is none', () => {
  using folder = new Temporary();
  const path = folder.file('app.wasm', wasmWithNames(['one']));
  expect(() => costsOf(path, ['one'])).toThrow('cannot trace');
});
