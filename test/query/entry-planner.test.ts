import { describe, expect, test } from 'vitest';
import { setsUpFrame } from '../../src/code/frame-setup.ts';
import { openImage } from '../../src/elf/open.ts';
import { EntryPlanner } from '../../src/query/entry-planner.ts';
import { ImageCode } from '../../src/query/exits.ts';
import { FunctionStarts } from '../../src/query/function-starts.ts';
import { isColdPart } from '../../src/query/locate.ts';
import { fixture } from '../support/fixtures.ts';

describe.each(['endings/static-v0', 'values/release-legacy'])('every function of %s', (name) => {
  using image = openImage(fixture(name));
  const symbols = image.symbols();
  const code = new ImageCode(image, symbols);
  const rows = [...symbols.functions()].filter((row) => symbols.size(row) > 0n && !isColdPart(symbols.raw(row)));
  const functions = rows.map((row) => ({ address: symbols.address(row), size: symbols.size(row), parts: [] }));
  const sweeps = functions.map((fn) => code.sweep(fn));
  // A jump back to where a frame is set up is a call that ends the function, and counted as one.
  const areCalls = functions.map(({ address }) => setsUpFrame(code.code(address, 15) ?? new Uint8Array(), 0));
  const planned = [true, false].map((isForMany) => {
    const planner = new EntryPlanner(image, symbols, isForMany);
    return functions.map((fn) => planner.plan({ ...fn, isCompiled: false }));
  });

  test('those that loop to their begin are the ones that decoding finds', () => {
    let loops = 0;
    functions.forEach(({ address }, i) => {
      const sweep = sweeps[i];
      if (!sweep?.complete) return;
      if (sweep.loopsToEntry) loops++;
      for (const plans of planned) {
        const plan = plans[i];
        const finds = plan?.at === null ? null : (plan?.jumps.length ?? 0) > 0;
        if (finds !== null) expect(finds, `0x${address.toString(16)}`).toBe(sweep.loopsToEntry && !areCalls[i]);
      }
    });
    expect(functions.length).toBeGreaterThan(100);
    expect(loops).toBeGreaterThanOrEqual(name.includes('static') ? 2 : 0);
  });

  test('few can not be probed', () => {
    const refused = planned[0]?.filter(({ at }) => at === null).length ?? 0;
    expect(refused).toBeLessThan(functions.length / 50);
    expect(planned[1]).toEqual(planned[0]);
  });
});

test('begins and ends of functions, and what lies between them', () => {
  using image = openImage(fixture('values/release-legacy'));
  const symbols = image.symbols();
  const starts = new FunctionStarts(symbols);
  const [row = 0] = symbols.byRaw('main');
  const at = Number(symbols.address(row));
  const end = at + Number(symbols.size(row));
  expect([starts.has(at), starts.has(at + 1), starts.covers(at + 1), starts.covers(end)]).toEqual([
    true,
    false,
    true,
    starts.has(end),
  ]);
  expect(starts.after(at)).toBeGreaterThanOrEqual(end);
  const next = starts.after(at);
  expect([...starts.gaps(at, next)]).toEqual(next === end ? [] : [{ start: end, end: next }]);
});
