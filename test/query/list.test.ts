import { describe, expect, test } from 'vitest';
import { openImage } from '../../src/elf/open.ts';
import { type ListOptions, list, parseKind, type Remark } from '../../src/query/list.ts';
import { heedPatterns, nearestInFiles } from '../../src/query/list-patterns.ts';
import { writeArchive } from '../support/ar-writer.ts';
import { type SymbolSpec, writeElf } from '../support/elf-writer.ts';
import { Temporary } from '../support/temporary.ts';

const symbols: SymbolSpec[] = [
  { name: '_RNvC4demo3two', value: 0x20n, size: 2n },
  { name: '_RNvC4demo3one', value: 0x30n, size: 9n },
  { name: '_RINvC5other3genhEB2_', value: 0x10n, size: 4n },
  { name: '_RINvC5other3gentEB2_', value: 0x18n, size: 4n },
  { name: 'variable', type: 'object', section: '.data' },
  { name: 'needed', section: 'undefined', type: 'notype' },
  { name: 'label', type: 'notype', bind: 'local', value: 0x40n },
];

type Listed = { names: string[]; copies: number[]; omitted: number; remarks: Remark[]; members: (string | null)[] };

const listed = (bytes: Uint8Array, options: ListOptions = {}): Listed => {
  using folder = new Temporary();
  using image = openImage(folder.file('a', bytes));
  const found: Listed = { names: [], copies: [], omitted: 0, remarks: [], members: [] };
  for (const listing of list(image, options, (remark) => found.remarks.push(remark))) {
    for (const row of listing.rows) found.names.push(listing.table.name(row));
    found.copies.push(...listing.copies);
    found.omitted += listing.omitted;
    found.members.push(listing.member);
  }
  return found;
};
const names = (options: ListOptions): string[] => listed(writeElf({ symbols }), options).names;

describe('what is listed', () => {
  test('functions by address, with their copies', () => {
    expect(listed(writeElf({ symbols }))).toMatchObject({
      names: ['other::gen::<u8>', 'other::gen::<u16>', 'demo::two', 'demo::one'],
      copies: [2, 2, 1, 1],
    });
  });

  test.each<[string, ListOptions, string[]]>([
    ['addresses', { sort: 'addr' }, ['other::gen::<u8>', 'other::gen::<u16>', 'demo::two', 'demo::one']],
    ['sizes, largest first', { sort: 'size' }, ['demo::one', 'other::gen::<u8>', 'other::gen::<u16>', 'demo::two']],
    ['reversed', { sort: 'size', reverse: true }, ['demo::two', 'other::gen::<u16>', 'other::gen::<u8>', 'demo::one']],
    ['names', { sort: 'name' }, ['demo::one', 'demo::two', 'other::gen::<u16>', 'other::gen::<u8>']],
    [
      'names in the file',
      { sort: 'name', names: 'mangled' },
      ['other::gen::<u8>', 'other::gen::<u16>', 'demo::one', 'demo::two'],
    ],
  ])('in the order of %s', (_, options, expected) => expect(names(options)).toEqual(expected));

  test.each<[string, ListOptions, string[]]>([
    ['a kind', { kinds: ['data'] }, ['variable']],
    ['undefined symbols', { undefined: true }, ['needed']],
    ['a crate', { crate: 'demo' }, ['demo::two', 'demo::one']],
    ['a pattern', { patterns: heedPatterns(['two']).patterns }, ['demo::two']],
    [
      'a generic function',
      { patterns: heedPatterns(['other::gen']).patterns },
      ['other::gen::<u8>', 'other::gen::<u16>'],
    ],
    ['any of two patterns', { patterns: heedPatterns(['one', '/<u8>/']).patterns }, ['other::gen::<u8>', 'demo::one']],
    ['an address', { patterns: heedPatterns(['0x20']).patterns }, ['demo::two']],
    ['a symbol', { patterns: heedPatterns(['_RNvC4demo3two']).patterns }, ['demo::two']],
    ['nothing', { patterns: heedPatterns(['three']).patterns }, []],
    ['the first ones', { sort: 'name', limit: 1 }, ['demo::one']],
  ])('%s', (_, options, expected) => expect(names(options)).toEqual(expected));

  test('all symbols', () => {
    expect(names({ all: true }).sort()).toEqual(
      ['demo::one', 'demo::two', 'label', 'needed', 'other::gen::<u16>', 'other::gen::<u8>', 'variable'].sort(),
    );
  });

  test('what the limit leaves out is counted, and copies are those of all', () => {
    expect(listed(writeElf({ symbols }), { sort: 'addr', limit: 1 })).toMatchObject({ omitted: 3, copies: [2] });
  });

  test('copies are counted where a pattern narrows the search, too', () => {
    expect(listed(writeElf({ symbols }), { patterns: heedPatterns(['0x10']).patterns }).names).toEqual([
      'other::gen::<u8>',
    ]);
    expect(listed(writeElf({ symbols }), { patterns: heedPatterns(['/gen::<u8>/']).patterns }).copies).toEqual([2]);
  });
});

describe('what is told', () => {
  test('a stripped file, one without symbols, a core file', () => {
    const texts = (bytes: Uint8Array): string[] => listed(bytes).remarks.map(({ text }) => text);
    expect(texts(writeElf({ dynamic: symbols }))).toEqual([
      expect.stringMatching(/is stripped: these are its dynamic/),
    ]);
    expect(texts(writeElf())).toEqual([expect.stringMatching(/has no symbols/)]);
    expect(texts(writeElf({ type: 'core' }))).toEqual([expect.stringMatching(/is a core file/)]);
    expect(texts(writeElf({ symbols }))).toEqual([]);
  });

  test('members of an archive: other files are passed over, damaged objects are failures', () => {
    const object = writeElf({ type: 'rel', symbols: symbols.slice(0, 1) });
    const damaged = Buffer.from(object);
    damaged.writeUInt16LE(1, 58);
    const found = listed(
      writeArchive([
        { name: 'a.o', data: object },
        { name: 'text', data: Buffer.from('text') },
        { name: 'bad.o', data: damaged },
        { name: 'b.o', data: object },
      ]),
    );
    expect(found.members).toEqual(['a.o', 'b.o']);
    expect(found.names).toEqual(['demo::two', 'demo::two']);
    expect(found.remarks).toEqual([{ kind: 'failure', text: expect.stringMatching(/\(bad\.o\): it is damaged/) }]);
  });

  test('names near to one that is not there', () => {
    using folder = new Temporary();
    expect(nearestInFiles([folder.file('a', writeElf({ symbols }))], 'demo::tow')).toContain('demo::two');
  });

  test('a thin archive that names itself is not followed, and its other objects are looked through', () => {
    using folder = new Temporary();
    const object = writeElf({ type: 'rel', symbols: symbols.slice(0, 1) });
    folder.file('a.o', object);
    const self = { name: 'self.a', data: Buffer.alloc(0) };
    const path = folder.file('self.a', writeArchive([self, self, { name: 'a.o', data: object }], 'thin'));
    using image = openImage(path);
    const opened: (string | null)[] = [];
    for (const { member } of list(image, {}, () => expect.unreachable())) opened.push(member);
    expect(opened).toEqual(['a.o']);
    expect(nearestInFiles([path], 'demo::tow')).toEqual(['demo::two']);
  });

  test('what is damaged in an archive hides no near name; a file that is gone is told', () => {
    using folder = new Temporary();
    const object = writeElf({ type: 'rel', symbols: symbols.slice(0, 1) });
    const damaged = Buffer.from(object.subarray(0, 70));
    const members = [
      { name: 'bad.o', data: damaged },
      { name: 'a.o', data: object },
    ];
    expect(nearestInFiles([folder.file('lib.a', writeArchive(members))], 'demo::tow')).toEqual(['demo::two']);
    expect(() => nearestInFiles([`${folder.path}/gone`], 'demo::tow')).toThrow(/no such file/);
  });

  test('words that are no kind', () => {
    expect(parseKind('data')).toBe('data');
    expect(() => parseKind('nothing')).toThrow(/not a kind of symbol/);
  });
});
