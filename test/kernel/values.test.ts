import { readFileSync, rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { cli } from '../support/cli.ts';
import { fixture } from '../support/fixtures.ts';
import { describeNeeding } from '../support/need.ts';
import { run } from '../support/process.ts';

type Told = { name?: string; type: string; value: unknown; address?: string; len?: string | number };
type Line = { function: string; signature: string; args: Told[]; ret: Told };
type Shown = { name: string; type: string; value: unknown; evidence: string };
type Call = { event: string; function: string; args: Shown[]; ret: Shown | null; outcome: string };

const parse = <T>(text: string): T[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

/** Enums need a layout, which a signature can't give. */
const needsLayout = /Color|Sign/;
const maxString = 200;

/** What rsym should show for what the program says it passed or returned. */
const expected = ({ type, value, address }: Told): unknown => {
  if (/^f(32|64)$/.test(type)) return { $missing: 'gone' };
  if (type === '()') return [];
  if (/^(\*const u|&u|&mut )/.test(type)) return address ?? value;
  if (typeof value === 'string' && Buffer.byteLength(value) > maxString) {
    const cut = Buffer.from(value).subarray(0, maxString).toString();
    return { $items: cut, $len: type === '&str' ? String(Buffer.byteLength(value)) : null };
  }
  return value;
};

/** Of a slice, whose elements the program doesn't print. */
const lengthOf = (value: unknown): number =>
  Array.isArray(value) ? value.length : Number((value as { $len: string }).$len);

describeNeeding(['kernel'], 'values against what the program prints', () => {
  for (const variant of ['debug-v0', 'release-legacy']) {
    test(`${variant}: every argument and return value is the program's own, or marked`, () => {
      const path = fixture(`values/${variant}`);
      const signatures = [...new Set(parse<Line>(run(path).stdout).map(({ signature }) => signature))];
      const readable = signatures.filter((signature) => !needsLayout.test(signature));
      const file = `${path}.${process.pid}.values`;
      const done = cli(['trace', '--json', '--max-string', String(maxString), '-o', file, path, ...readable, '--']);
      const calls = parse<Call>(readFileSync(file, 'utf8')).filter(({ event }) => event === 'call');
      rmSync(file);
      // The same run's own words: pointers are the same only there.
      const told = parse<Line>(done.stdout).filter(({ signature }) => readable.includes(signature));
      expect(told.length).toBeGreaterThan(80);
      expect(calls.map((call) => call.function)).toEqual(told.map((line) => line.function));
      const tailCalls = new Set<string>();
      for (const [i, line] of told.entries()) {
        const call = calls[i] as Call;
        const shown = call.args.map(({ value }) => value);
        line.args.forEach((told, at) => {
          if (told.len === undefined || !told.type.startsWith('&['))
            expect(shown[at], line.signature).toEqual(expected(told));
          else expect(lengthOf(shown[at]), line.signature).toBe(Number(told.len));
        });
        // An optimiser may end a function in a jump to another, whose return it then is.
        if (call.outcome === 'tail-call' && variant === 'release-legacy') {
          tailCalls.add(call.function);
          expect(call.ret).toBe(null);
          continue;
        }
        expect(call.outcome).toBe('returned');
        expect(call.ret?.value, `${line.signature} returned`).toEqual(expected(line.ret));
      }
      expect(tailCalls.size).toBeLessThan(3);
    });
  }
});
