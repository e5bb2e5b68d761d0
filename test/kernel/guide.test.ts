import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { pagesWithScreens, renderScreens, screensIn, tourNeeds, withoutChance } from '../support/guide-screens.ts';
import { testNeeding } from '../support/need.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const shown = pagesWithScreens.map((page) => [page, screensIn(readFileSync(join(root, page), 'utf8'))] as const);

test('every page that is to show screens has some', () => {
  for (const [page, screens] of shown) expect(screens.size, page).toBeGreaterThan(0);
});

testNeeding(tourNeeds, 'the pages show the screen as it is (else: node scripts/screens.js --write)', async () => {
  const screens = await renderScreens();
  for (const [page, found] of shown) for (const [name, text] of found) expect(text, page).toBe(screens.get(name));
  const used = new Set(shown.flatMap(([, found]) => [...found.keys()]));
  expect([...used].sort()).toEqual([...screens.keys()].sort());
});

test.each([
  ['  0.000123    24.8µs  hello(i: 1) -> 6', '  #.######    ##.#µs  hello(i: 1) -> 6'],
  ['  0.000123     912ns  hello(i: 1) -> 6', '  #.######    ##.#µs  hello(i: 1) -> 6'],
  ['tracing, PID 4711 · 3 probes', 'tracing, PID #### · 3 probes'],
  ['hello(i: 1, len: 5) -> 6', 'hello(i: 1, len: 5) -> 6'],
])('what differs from run to run: %s', (line, replaced) => expect(withoutChance(line)).toBe(replaced));
