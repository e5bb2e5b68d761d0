/** Variables that refer to themselves, locations without end, and small things referred to by very many. */
import {
  at,
  close,
  type DebugSections,
  elfWith,
  form,
  leaf,
  open,
  tag,
  u16,
  u64,
  uleb,
  writeDwarf,
} from '../dwarf-writer.ts';
import { code, listed, located, named, oddUnit, origin } from './scopes.ts';
import { type Attributes, type Entries, many, type OddFiles, oddAttributes, text } from './unit.ts';

const variable = (attributes: Attributes, label?: string): Entries[number] => leaf(tag.variable, attributes, label);
const odd = (children: Entries, before: Entries = [], sections: DebugSections = {}, own = oddAttributes): Buffer =>
  elfWith({ ...writeDwarf([oddUnit(children, before, { own })]), ...sections });

const entry = (start: number, end: number, operations: Buffer): Buffer =>
  Buffer.concat([u64(start), u64(end), u16(operations.length), operations]);
const register = Buffer.from([0x50]);
const list = (count: number, start = text, end = text + 1): Buffer =>
  Buffer.concat([...Array<Buffer>(count).fill(entry(start, end, register)), Buffer.alloc(16)]);
const nested = (depth: number): Buffer => {
  let inner = register;
  for (let i = 0; i < depth; i++) inner = Buffer.concat([Buffer.from([0xa3]), uleb(inner.length), inner]);
  return inner;
};
const expression = (bytes: Buffer): Attributes[number] => [at.location, form.exprloc, bytes];

export const oddLocations: OddFiles = {
  'a variable that is an instance of itself': () => odd([variable([origin('v')], 'v')]),
  'variables that are instances of each other': () => odd([variable([origin('w')], 'v'), variable([origin('v')], 'w')]),
  'a variable that is an instance of the function': () =>
    odd([variable([origin('f')])], [leaf(tag.subprogram, [named('f')], 'f')]),
  'a function that is an instance of itself': () =>
    elfWith(
      writeDwarf([
        oddUnit([], [open(tag.subprogram, [origin('f'), ...code(text, 4)], 'f'), close], { own: [named('dead')] }),
      ]),
    ),
  'an origin behind the end': () => odd([variable([[at.abstractOrigin, form.refAddr, 0x7fff_ffff]])]),
  'a million variables': () => odd(many(1_000_000, () => [leaf(tag.variable)])),
  'variables of a large constant': () =>
    odd(
      many(60_000, () => [variable([origin('v')])]),
      [variable([[at.constValue, form.block4, Buffer.alloc(1 << 20)]], 'v')],
    ),
  'variables of a long name': () =>
    odd(
      many(60_000, () => [variable([origin('v')])]),
      [variable([named('v'.repeat(1 << 16))], 'v')],
    ),
  'variables of an origin with many attributes': () =>
    odd(
      many(60_000, () => [variable([origin('v')])]),
      [
        variable(
          Array.from({ length: 5000 }, () => [at.external, form.flagPresent] as const),
          'v',
        ),
      ],
    ),
  'a list behind the end': () => odd([variable([listed(1000)])], [], { loc: list(1) }),
  'a list of another section': () => odd([variable([listed(0)])]),
  'a long list': () => odd([variable([listed(0)])], [], { loc: list(2_000_000) }),
  'one list of many variables': () =>
    odd(
      many(60_000, () => [variable([listed(0)])]),
      [],
      { loc: list(5000) },
    ),
  'one list of many variables, of discarded code': () =>
    odd(
      many(60_000, () => [variable([listed(0)])]),
      [],
      { loc: list(60_000, 1, 2) },
    ),
  'one list of many variables, of nothing': () =>
    odd(
      many(60_000, () => [variable([listed(0)])]),
      [],
      { loc: list(60_000, 5, 5) },
    ),
  'a packed list that is none': () =>
    elfWith(writeDwarf([oddUnit([variable([listed(0)])])]), {
      extra: [
        { name: '.zdebug_loc', data: Buffer.concat([Buffer.from('ZLIB'), Buffer.alloc(8, 1), Buffer.alloc(40)]) },
      ],
    }),
  'blocks of a long list of ranges': () =>
    odd(
      many(60_000, () => [open(tag.lexicalBlock, [[at.ranges, form.secOffset, 0]]), variable([]), close]),
      [],
      { ranges: Buffer.concat([...Array<Buffer>(60_000).fill(Buffer.concat([u64(5), u64(5)])), Buffer.alloc(16)]) },
    ),
  'a giant expression': () => odd([variable([expression(Buffer.alloc(8 << 20, 0x30))])]),
  'a cut expression': () => odd([variable([located(0x91)])]),
  'entry values a thousand deep, cut': () => odd([variable([expression(nested(1000).subarray(0, -1))])]),
  'a location that is a number': () => odd([variable([[at.location, form.sdata, 5]])]),
  'a frame base in a list that is not there': () =>
    odd([], [], {}, [...oddAttributes, [at.frameBase, form.secOffset, 0x1_0000]]),
};

/** As odd, but nothing in it can't be read. */
export const deepLocations: OddFiles = {
  'blocks nested without end': () =>
    odd([...many(100_000, () => [open(tag.lexicalBlock)]), variable([named('v')]), ...many(100_000, () => [close])]),
  'a list without end': () => odd([variable([listed(0)])], [], { loc: entry(text, text + 1, register) }),
  'entry values a thousand deep': () => odd([variable([expression(nested(1000))])]),
};
