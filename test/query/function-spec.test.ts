import { describe, expect, test } from 'vitest';
import { address } from '../../src/base/units.ts';
import { openImage } from '../../src/elf/open.ts';
import { functionSpec } from '../../src/query/function-spec.ts';
import { openShow } from '../../src/query/show-file.ts';
import { fixture } from '../support/fixtures.ts';

const at = address(0x1000n);

test.each([
  ['demo::hello', '_RNvC4demo5hello', 'demo::hello'],
  ['malloc', 'malloc', 'malloc'],
  ['alloc::vec::Vec<u8>::push', '_RNvC5alloc4push', 'alloc::vec::Vec<u8>::push'],
  ['<u8 as core::fmt::Debug>::fmt', '_RNvC4core3fmt', '<u8 as core::fmt::Debug>::fmt'],
  // A list of arguments would be taken for a signature.
  ['ns::f(int)', '_ZN2ns1fEi', '_ZN2ns1fEi'],
  // Any type, any closure: not this one alone.
  ['core::ptr::drop_in_place<*const u8>', '_RNvC4core4drop', '_RNvC4core4drop'],
  ['demo::main::{{closure}}', '_ZN4demo4main28_$u7b$$u7b$closure', '_ZN4demo4main28_$u7b$$u7b$closure'],
  ['-dashed', '-dashed', '0x1000'],
  [' blank', ' blank', '0x1000'],
  ['red\x1b[31m', 'red\x1b[31m', '0x1000'],
  ['x'.repeat(5_000), 'x'.repeat(5_000), '0x1000'],
])('%j', (name, raw, spec) => expect(functionSpec({ name, raw, address: at })).toBe(spec));

describe('what it names is that function', () => {
  test.each(['hello/debug-v0', 'hello/debug-legacy', 'inlined/release'])('%s', (variant) => {
    const path = fixture(variant);
    using image = openImage(path);
    const symbols = image.symbols();
    const rows = [...symbols.functions()].filter((_, i) => i % 120 === 0);
    expect(rows.length).toBeGreaterThan(3);
    for (const row of rows) {
      const own = { name: symbols.name(row), raw: symbols.raw(row), address: symbols.address(row) };
      using shown = openShow(path, [functionSpec(own)]);
      const addresses = [...shown.functions].flatMap(({ copies }) => copies.map((copy) => copy.address));
      expect(addresses, own.name).toContain(own.address);
    }
  });
});
