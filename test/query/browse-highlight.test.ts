import { expect, test } from 'vitest';
import { highlighter } from '../../src/query/browse-highlight.ts';

/** The name with what is highlighted in brackets. */
const shown = (typed: string, name: string): string => {
  let text = '';
  let at = 0;
  for (const { start, end } of highlighter(typed)(name)) {
    text += `${name.slice(at, start)}[${name.slice(start, end)}]`;
    at = end;
  }
  return text + name.slice(at);
};

test('what was found in a name', () => {
  for (const [typed, name, wanted] of [
    ['hello', 'zoo::hello', 'zoo::[hello]'],
    ['hello', 'hello::HELLO_world', 'hello::[HELLO]_world'],
    ['Hello', 'hello::Hello', 'hello::[Hello]'],
    ['ell', 'hello', 'h[ell]o'],
    ['mi::pre', 'rustc::mir::pretty::f', 'rustc::[mir]::[pre]tty::f'.replace('[mir]', '[mi]r')],
    ['mi::wr', '<a::mir::pretty::Writer>::write', '<a::[mi]r::pretty::[Wr]iter>::write'],
    ['mirpretty', 'rustc::mir::pretty::f', 'rustc::[mir]::[pretty]::f'],
    ['/^q.*t$/', 'qsort', '[q]sort'],
    ['x::*::zed', 'x::y::zed', 'x::y::[zed]'],
    ['', 'name', 'name'],
    ['/(', 'name', 'name'],
  ] as const)
    expect(shown(typed, name)).toBe(wanted);
});

test('of any text and any name the ranges are in order and inside', () => {
  for (const typed of ['a', 'a::b', 'Ab', 'a b', '::', '日本', 'a::', '::a'])
    for (const name of ['', 'a', 'ab::ba', 'A::B', '日本::語', 'x'.repeat(20_000), 'a::'.repeat(500)]) {
      let last = 0;
      for (const { start, end } of highlighter(typed)(name)) {
        expect(start).toBeGreaterThanOrEqual(last);
        expect(end).toBeGreaterThan(start);
        expect(end).toBeLessThanOrEqual(name.length);
        last = end;
      }
    }
});
