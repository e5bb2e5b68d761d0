import { describe, expect, test } from 'vitest';
import { RsymError } from '../../src/base/errors.ts';
import type { DebugInfo } from '../../src/elf/debug-model.ts';
import type { DebugCopy } from '../../src/elf/function-model.ts';
import type { DebugScope, DebugVariable, Operation, VariableLocation } from '../../src/elf/variable-model.ts';
import { UnoptimisedCrates } from '../../src/query/unoptimised-crates.ts';
import { at } from '../code/assembled.ts';

const always = (...operations: readonly Operation[]): VariableLocation => ({ range: null, operations });
const within = (...operations: readonly Operation[]): VariableLocation => ({
  range: { start: at(0x1000), end: at(0x1008) },
  operations,
});
const frame: Operation = { op: 'frame-offset', offset: 8n };
const inRdi: Operation = { op: 'register', register: 5 };
const behindRdi: Operation = { op: 'register-offset', register: 5, offset: 0n };
const load: Operation = { op: 'dereference', size: 8 };

const parameter = (...locations: readonly VariableLocation[]): DebugVariable => ({
  die: 0,
  name: null,
  type: null,
  isParameter: true,
  isArtificial: false,
  line: null,
  constant: null,
  locations,
  block: null,
});
const scopeOf = (variables: readonly DebugVariable[], isConventionChanged = false): DebugScope => ({
  frameBase: [],
  variables,
  isExternal: false,
  isConventionChanged,
  isSpecified: true,
  producer: null,
  language: 'rust',
});

const slot = parameter(always(frame));
const plain = scopeOf([slot, slot]);
/** Copies that are in the crate of the first. */
const unit = (...scopes: readonly (DebugScope | RsymError)[]): boolean => {
  const debug = {
    copiesOfCrate: () => scopes.map((_, id) => id),
    copy: (id: number) => ({ id, die: id }),
    scope: ({ id }: DebugCopy) => {
      const scope = scopes[id] ?? plain;
      if (scope instanceof RsymError) throw scope;
      return scope;
    },
  } as unknown as DebugInfo;
  const units = new UnoptimisedCrates(debug);
  const [first = plain] = scopes;
  const ask = (): boolean => units.has({ id: 0, die: 0 } as DebugCopy, first as DebugScope);
  const answer = ask();
  expect(ask()).toBe(answer);
  return answer;
};

describe('a crate that no optimiser has seen', () => {
  test('all parameters have a slot', () => {
    expect(unit(plain, plain, plain, plain)).toBe(true);
  });

  test('some are behind the address that is passed', () => {
    const moved = parameter(within(behindRdi), within(frame, load));
    expect(unit(plain, plain, plain, plain, scopeOf([moved]))).toBe(true);
  });

  test('constants are variables, not parameters', () => {
    const local = { ...parameter(), isParameter: false, constant: Uint8Array.of(1) };
    expect(unit(plain, plain, plain, plain, scopeOf([local]))).toBe(true);
  });
});

describe('a crate that may have been optimised', () => {
  const mixed = (...last: readonly DebugVariable[]): boolean => unit(plain, plain, plain, plain, scopeOf(last));

  test('there are too few functions to tell', () => {
    expect(unit(plain, plain, plain)).toBe(false);
    expect(unit(scopeOf([]), scopeOf([]))).toBe(false);
  });

  test('one parameter of any function is in a register, anywhere', () => {
    expect(mixed(parameter(within(inRdi), within(frame)))).toBe(false);
    expect(mixed(parameter(always(inRdi)))).toBe(false);
  });

  test('one parameter is nowhere, or a constant', () => {
    expect(mixed(parameter())).toBe(false);
    expect(mixed(parameter(always()))).toBe(false);
    expect(mixed({ ...slot, constant: Uint8Array.of(1) })).toBe(false);
  });

  test('one parameter is computed, as it was at entry, or in pieces', () => {
    expect(mixed(parameter(within(behindRdi, { op: 'stack-value' })))).toBe(false);
    expect(mixed(parameter(within({ op: 'entry-value', operations: [inRdi] }, { op: 'stack-value' })))).toBe(false);
    expect(mixed(parameter(always(frame, { op: 'piece', bits: 64n, offset: null })))).toBe(false);
  });

  test('the convention of one function was changed', () => {
    expect(unit(plain, plain, plain, plain, scopeOf([slot], true))).toBe(false);
  });

  test('the function itself was', () => {
    expect(unit(scopeOf([parameter(always(inRdi))]), plain, plain, plain, plain)).toBe(false);
  });

  test('slots that do not last, or that hold addresses, are none', () => {
    const brief = scopeOf([parameter(within(frame)), parameter(always(frame, load))]);
    expect(unit(brief, brief, brief, brief, brief)).toBe(false);
  });

  test('another function is damaged', () => {
    expect(unit(plain, plain, plain, plain, new RsymError('input', 'damaged'))).toBe(false);
  });

  test('a crate of many functions is looked at all over', () => {
    const many = Array.from({ length: 5000 }, () => plain);
    const late = many.map((one, i) => (i < 4000 ? one : scopeOf([parameter(always(inRdi))])));
    expect(unit(...many)).toBe(true);
    expect(unit(...late)).toBe(false);
  });
});
