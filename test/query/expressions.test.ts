import { expect, test } from 'vitest';
import type { ValuePlan } from '../../src/abi/model.ts';
import { inRegister } from '../../src/abi/place.ts';
import { RsymError } from '../../src/base/errors.ts';
import { phaseOf } from '../../src/expr/phase.ts';
import { typeExpressions } from '../../src/query/expressions.ts';
import { probeSite } from '../trace/traced-machine.ts';

const number = (name: string, evidence: ValuePlan['evidence'] = 'verified'): ValuePlan => ({
  name,
  type: 'u64',
  shape: { kind: 'int', size: 8, signed: false },
  pieces: [inRegister('rdi', 0, 8)],
  evidence,
  note: null,
  candidates: [],
});
const siteOf = (name: string, ...args: ValuePlan[]) => {
  const site = probeSite();
  return { ...site, name, plan: { ...site.plan, args } };
};

const faultOf = (make: () => unknown): RsymError => {
  try {
    make();
  } catch (error) {
    if (error instanceof RsymError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};

test('each copy has the expressions in terms of its own arguments', () => {
  const sites = [siteOf('f', number('a'), number('b')), siteOf('f', number('b'), number('a'))];
  const typed = typeExpressions(sites, { when: 'b > 1', by: 'a' });
  expect(typed.notes).toEqual([]);
  const indices = typed.sites.map(({ by }) => /"index":(\d)/.exec(JSON.stringify(by))?.[1]);
  expect(indices).toEqual(['0', '1']);
  expect(typed.sites.map(({ when }) => when && phaseOf(when))).toEqual(['entry', 'entry']);
});

test('functions that they do not fit are left out, with a note of one line; a copy without types stays, undecided', () => {
  const sites = [siteOf('f', number('a')), siteOf('f'), siteOf('g', number('b'))];
  const { sites: typed, notes } = typeExpressions(sites, { when: 'a > 1' });
  expect(typed.map(({ name }) => name)).toEqual(['f', 'f']);
  expect(notes).toHaveLength(1);
  expect(notes[0]).toMatch(/^g is left out: there is no `a`/);
  expect(notes[0]).not.toContain('\n');
});

test('where they fit nothing, it is an error; of registers without names it says how to name them', () => {
  const typed = faultOf(() => typeExpressions([siteOf('f', number('b'))], { by: 'a' }));
  expect(typed.code).toBe('usage');
  expect(typed.hints.join()).not.toContain('with a signature');
  const raw = faultOf(() => typeExpressions([siteOf('f', number('rdi', 'raw'))], { by: 'a' }));
  expect(raw.code).toBe('usage');
  expect(raw.hints.at(-1)).toContain("'f(s: *const c_char");
});

test('where they fit nothing, the function that has what is named tells why', () => {
  const sites = [siteOf('f', number('i')), siteOf('g', number('b'))];
  const { message, code } = faultOf(() => typeExpressions(sites, { when: 'b == "x"' }));
  expect(code).toBe('usage');
  expect(message).toMatch(/^of g: /);
  expect(message).not.toContain('there is no');
  expect(faultOf(() => typeExpressions(sites, { when: 'c == 1' })).message).toMatch(/^there is no `c`/);
  expect(faultOf(() => typeExpressions(sites, { when: 'b ==' })).message).not.toContain('of ');
});
