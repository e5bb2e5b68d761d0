import { execFileSync } from 'node:child_process';
import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { RsymError } from '../../src/base/errors.ts';
import {
  type AlternateSearch,
  type DebugFileOptions,
  type DebugFileSearch,
  findAlternateFile,
  findDebugFile,
} from '../../src/elf/debug-file.ts';
import { openImage } from '../../src/elf/open.ts';
import { type ElfSpec, writeElf } from '../support/elf-writer.ts';
import { testNeeding } from '../support/need.ts';
import { Temporary } from '../support/temporary.ts';

type Sections = NonNullable<ElfSpec['sections']>;

const ours = '0123456789abcdef0123456789abcdef01234567';
const theirs = 'fedcba9876543210fedcba9876543210fedcba98';

const buildIdNote = (id: string, littleEndian = true): Sections[number] => {
  const words = Buffer.alloc(12);
  [4, id.length / 2, 3].forEach((word, i) => {
    if (littleEndian) words.writeUInt32LE(word, i * 4);
    else words.writeUInt32BE(word, i * 4);
  });
  return {
    name: '.note.gnu.build-id',
    type: 7,
    data: Buffer.concat([words, Buffer.from('GNU\0'), Buffer.from(id, 'hex')]),
  };
};

const linkSection = (name: string, crc: number, littleEndian = true): Sections[number] => {
  const start = Buffer.from(`${name}\0`);
  const data = Buffer.alloc(((start.length + 3) & ~3) + 4);
  start.copy(data);
  if (littleEndian) data.writeUInt32LE(crc, data.length - 4);
  else data.writeUInt32BE(crc, data.length - 4);
  return { name: '.gnu_debuglink', data };
};

const dwarf: Sections[number] = { name: '.debug_info', data: Buffer.from('not read here') };
const noted = (id: string | null): Sections => (id === null ? [] : [buildIdNote(id)]);
const debugFile = (id: string | null = ours, rest: Sections = [dwarf], spec: ElfSpec = {}): Buffer =>
  writeElf({ ...spec, sections: [...noted(id), ...rest] });

/** A folder with the program `app` in `bin`, an empty root of debug files, and what else a test puts there. */
class Place extends Temporary {
  readonly root = join(this.real, 'debug');
  readonly app = join(this.real, 'bin', 'app');

  get real(): string {
    return realpathSync(this.path);
  }

  put(path: string, bytes: Uint8Array | string): string {
    mkdirSync(dirname(join(this.real, path)), { recursive: true });
    return this.file(path, bytes);
  }

  /** Writes the program and asks where its debug info is. */
  find(
    sections: Sections,
    options: DebugFileOptions = {},
    spec: ElfSpec = {},
  ): Omit<DebugFileSearch, 'found'> & { found: string | null } {
    this.put('bin/app', writeElf({ ...spec, sections }));
    return this.ask(this.app, options);
  }

  ask(path: string, options: DebugFileOptions = {}): Omit<DebugFileSearch, 'found'> & { found: string | null } {
    using image = openImage(path);
    const { found, ...rest } = findDebugFile(image, { roots: [this.root], ...options });
    using opened = found?.image;
    expect(found?.source.path).toBe(opened?.path);
    return { ...rest, found: found && `${found.source.how} ${found.source.path.replace(this.real, '.')}` };
  }
}

const failure = (run: () => unknown): RsymError => {
  try {
    run();
  } catch (error) {
    if (error instanceof RsymError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};

describe('the file itself', () => {
  test.each(['.debug_info', '.zdebug_info'])('%s of its own comes before any other file', (name) => {
    using place = new Place();
    place.put(`debug/.build-id/01/${ours.slice(2)}.debug`, debugFile());
    expect(place.find([buildIdNote(ours), { ...dwarf, name }])).toEqual({
      found: 'own ./bin/app',
      linkName: null,
      looked: [],
      notes: [],
    });
  });

  test('a section whose bytes are elsewhere, or that is empty, is none', () => {
    using place = new Place();
    expect(place.find([{ ...dwarf, type: 8 }]).found).toBeNull();
    expect(place.find([{ ...dwarf, data: Buffer.alloc(0) }])).toEqual({
      found: null,
      linkName: null,
      looked: [],
      notes: [],
    });
  });
});

describe('by build id', () => {
  const path = `debug/.build-id/01/${ours.slice(2)}.debug`;

  test('the first root that has it', () => {
    using place = new Place();
    place.put(path, debugFile());
    const roots = [join(place.real, 'nothing'), place.root];
    const found = place.find([buildIdNote(ours)], { roots });
    expect(found).toMatchObject({ found: `build-id ./${path}`, notes: [] });
    expect(found.looked).toHaveLength(2);
    expect(place.find([buildIdNote('01')], { roots }).looked, 'too short for a path').toEqual([]);
  });

  test.each([
    ['of another build', debugFile(theirs), `its build id is ${theirs}, not ${ours}`],
    ['without a build id', debugFile(null), `its build id is missing, not ${ours}`],
    ['of another machine', debugFile(ours, [dwarf], { machine: 183 }), 'it is for elf aarch64, not elf x86-64'],
    ['with nothing to tell', debugFile(ours, []), 'it has neither debug info nor a symbol table'],
    ['that is no image', 'text', 'not an ELF'],
    ['that is empty', '', 'it is empty'],
  ])('one %s is passed over, and told', (_what, bytes, reason) => {
    using place = new Place();
    place.put(path, bytes);
    const { found, notes } = place.find([buildIdNote(ours)]);
    expect(found).toBeNull();
    expect(notes).toEqual([expect.stringContaining(reason)]);
    expect(notes[0]).toContain(path);
    expect(notes[0]).toContain('passed over');
  });

  test('a link that leads back to the program, nowhere, or to itself', () => {
    for (const [target, reason] of [
      ['../../../bin/app', 'it is the file itself'],
      ['nowhere', 'there is no such file'],
      [`${ours.slice(2)}.debug`, 'go round in a circle'],
    ] as const) {
      using place = new Place();
      mkdirSync(dirname(join(place.real, path)), { recursive: true });
      symlinkSync(target, join(place.real, path));
      const { found, notes } = place.find([buildIdNote(ours)], {}, { symbols: [{ name: 'f' }] });
      expect({ found, notes }).toEqual({ found: null, notes: [expect.stringContaining(reason)] });
    }
  });

  testNeeding(['mkfifo'], 'a FIFO or a folder is not waited for', () => {
    using place = new Place();
    mkdirSync(dirname(join(place.real, path)), { recursive: true });
    execFileSync('mkfifo', [join(place.real, path)]);
    expect(place.find([buildIdNote(ours)]).notes).toEqual([expect.stringContaining('FIFO')]);
    mkdirSync(join(place.real, `debug/.build-id/fe/${theirs.slice(2)}.debug`), { recursive: true });
    expect(place.find([buildIdNote(theirs)]).notes).toEqual([expect.stringContaining('a directory')]);
  });
});

describe('by .gnu_debuglink', () => {
  const bytes = debugFile(null);
  const link = linkSection('app.debug', crc32(bytes));

  test.each(['bin/app.debug', 'bin/.debug/app.debug'])('%s', (path) => {
    using place = new Place();
    place.put(path, bytes);
    expect(place.find([link])).toMatchObject({ found: `debug-link ./${path}`, linkName: 'app.debug', notes: [] });
  });

  test('under a root, in the folder of the program', () => {
    using place = new Place();
    const path = `debug${place.real}/bin/app.debug`;
    place.put(path, bytes);
    expect(place.find([link])).toMatchObject({ found: `debug-link ./${path}`, notes: [] });
  });

  test('the order of the places, and that the CRC decides, not the place', () => {
    using place = new Place();
    const wrong = Buffer.concat([bytes, Buffer.from([0])]);
    place.put('bin/app.debug', wrong);
    place.put('bin/.debug/app.debug', bytes);
    const { found, looked, notes } = place.find([link]);
    expect(found).toBe('debug-link ./bin/.debug/app.debug');
    expect(looked).toEqual([join(place.real, 'bin/app.debug'), join(place.real, 'bin/.debug/app.debug')]);
    const [told, wanted] = [wrong, bytes].map((file) => crc32(file).toString(16).padStart(8, '0'));
    expect(notes).toEqual([expect.stringContaining(`its CRC is ${told}, not ${wanted}`)]);
  });

  test('one changed bit anywhere in a file of several chunks is another build', () => {
    using place = new Place();
    const large = Buffer.concat([bytes, Buffer.alloc((2 << 20) + 5, 7)]);
    for (const at of [large.length - 1, 1 << 20, bytes.length]) {
      const changed = Buffer.from(large);
      changed[at] = (changed[at] ?? 0) ^ 1;
      place.put('bin/app.debug', changed);
      expect(place.find([linkSection('app.debug', crc32(large))]).found).toBeNull();
    }
    place.put('bin/app.debug', large);
    expect(place.find([linkSection('app.debug', crc32(large))]).found).toBe('debug-link ./bin/app.debug');
  });

  test('the right CRC with another build id is not used', () => {
    using place = new Place();
    const other = debugFile(theirs);
    place.put('bin/app.debug', other);
    const { found, notes } = place.find([buildIdNote(ours), linkSection('app.debug', crc32(other))]);
    expect(found).toBeNull();
    expect(notes[0]).toContain(`its build id is ${theirs}, not ${ours}`);
  });

  test('a build id comes before it', () => {
    using place = new Place();
    const file = debugFile();
    place.put('bin/app.debug', file);
    place.put(`debug/.build-id/01/${ours.slice(2)}.debug`, file);
    expect(place.find([buildIdNote(ours), linkSection('app.debug', crc32(file))]).found).toMatch(/^build-id/);
  });

  test('a program reached by a symbolic link: its own folder counts, and the link’s', () => {
    using place = new Place();
    place.put('bin/app', writeElf({ sections: [link] }));
    mkdirSync(join(place.real, 'links'));
    symlinkSync('../bin/app', join(place.real, 'links/app'));
    place.put('links/app.debug', bytes);
    expect(place.ask(join(place.real, 'links/app')).found).toBe('debug-link ./links/app.debug');
    place.put('bin/app.debug', bytes);
    expect(place.ask(join(place.real, 'links/app')).found).toBe('debug-link ./bin/app.debug');
  });

  test.each([
    [64, true],
    [64, false],
    [32, true],
    [32, false],
  ] as const)('%i bits, little-endian %s: the CRC is in the file’s byte order', (bits, littleEndian) => {
    using place = new Place();
    const spec = { bits, littleEndian, machine: littleEndian ? 62 : 22 } as const;
    for (const name of ['a', 'abc', 'abcd', 'abcde']) {
      const file = writeElf({ ...spec, sections: [dwarf] });
      place.put(`bin/${name}`, file);
      expect(place.find([linkSection(name, crc32(file), littleEndian)], {}, spec).found).toBe(
        `debug-link ./bin/${name}`,
      );
    }
  });

  test('nothing found: what was looked for, where, and what next', () => {
    using place = new Place();
    const { found, linkName, looked, notes } = place.find([buildIdNote(ours), link]);
    expect({ found, linkName }).toEqual({ found: null, linkName: 'app.debug' });
    expect(looked).toEqual([
      join(place.root, '.build-id/01', `${ours.slice(2)}.debug`),
      join(place.real, 'bin/app.debug'),
      join(place.real, 'bin/.debug/app.debug'),
      join(place.root, place.real, 'bin/app.debug'),
    ]);
    for (const path of looked) expect(notes[0]).toContain(path);
    expect(notes[1]).toMatch(/-dbgsym.*--debug-file/);
  });

  test.each([
    ['../app.debug', /no file but a path/],
    ['/etc/app.debug', /no file but a path/],
    ['..', /no file but a path/],
    ['', /no name/],
    ['x'.repeat(5000), /name is too long/],
  ])('the name %o is refused', (name, reason) => {
    using place = new Place();
    place.put('app.debug', bytes);
    const { found, looked, notes } = place.find([linkSection(name, crc32(bytes))]);
    expect({ found, looked }).toEqual({ found: null, looked: [] });
    expect(notes).toEqual([expect.stringMatching(reason)]);
  });

  test.each([
    ['without a checksum', Buffer.from('a.debug\0'), /no checksum/],
    ['whose name does not end', Buffer.from('a.debug'), /no name/],
    ['that is empty', Buffer.alloc(0), /no name/],
    ['that is huge', Buffer.alloc(1 << 17, 'a'), /131072 bytes/],
    ['in another encoding', Buffer.from([0xff, 0, 0, 0, 1, 2, 3, 4]), /not UTF-8/],
  ])('a section %s', (_what, data, reason) => {
    using place = new Place();
    const { found, notes } = place.find([{ name: '.gnu_debuglink', data }]);
    expect({ found, notes }).toEqual({ found: null, notes: [expect.stringMatching(reason)] });
  });

  test('a name that would move the cursor is shown as an escape', () => {
    using place = new Place();
    expect(place.find([linkSection('\x1b[2Japp', 1)]).notes[0]).toContain('\\x1b[2Japp');
  });

  test('it names the program itself', () => {
    using place = new Place();
    const { found, notes } = place.find([linkSection('app', 1)], {}, { symbols: [{ name: 'f' }] });
    expect(found).toBeNull();
    expect(notes[0]).toContain('it is the file itself');
  });
});

describe('a file that the user names', () => {
  test('comes before all others', () => {
    using place = new Place();
    const given = place.put('given', debugFile());
    expect(place.find([buildIdNote(ours), dwarf], { debugFile: given })).toMatchObject({
      found: 'given ./given',
      notes: [],
    });
  });

  test('a symbol table is enough', () => {
    using place = new Place();
    const given = place.put('given', debugFile(ours, [], { symbols: [{ name: 'f' }] }));
    expect(place.find([buildIdNote(ours)], { debugFile: given }).found).toBe('given ./given');
  });

  test('where there are no build ids to compare, it is said', () => {
    using place = new Place();
    const given = place.put('given', debugFile(null));
    const { found, notes } = place.find([], { debugFile: given });
    expect(found).toBe('given ./given');
    expect(notes).toEqual([expect.stringMatching(/app and .*given without a build id/)]);
    expect(place.find([buildIdNote(ours)], { debugFile: given }).notes[0]).not.toMatch(/app and/);
  });

  test.each([
    ['of another build: both ids are said', debugFile(theirs), new RegExp(`${theirs}.*${ours}`)],
    ['of another machine', debugFile(ours, [dwarf], { machine: 183 }), /aarch64.*x86-64/],
    ['with nothing to tell', debugFile(ours, []), /neither debug info nor a symbol table/],
    ['that is text', 'text', /not an ELF/],
    [
      'without a build id, whose code is elsewhere',
      debugFile(null, [dwarf], { patch: (bytes, at) => bytes.writeUInt32LE(0x999000, at.header('.text') + 0x10) }),
      /256 bytes at 0x999000.*256 bytes at 0x400100/,
    ],
  ])('one %s is an error', (_what, bytes, reason) => {
    using place = new Place();
    const given = place.put('given', bytes);
    const error = failure(() => place.find([buildIdNote(ours)], { debugFile: given }));
    expect(error.code).toBe('input');
    expect(`${error.message} ${error.reason}`).toMatch(reason);
    expect(error.message).toContain(given);
  });

  test('one that is not there', () => {
    using place = new Place();
    const error = failure(() => place.find([dwarf], { debugFile: join(place.real, 'nothing') }));
    expect(error.message).toMatch(/nothing: there is no such file/);
  });
});

describe('the file that dwz moved shared parts to', () => {
  const alternate = (name: string, id = ours): Sections[number] => ({
    name: '.gnu_debugaltlink',
    data: Buffer.concat([Buffer.from(`${name}\0`), Buffer.from(id, 'hex')]),
  });
  const find = (
    place: Place,
    section: Sections[number],
  ): Omit<AlternateSearch, 'image'> & { found: string | undefined } => {
    using image = openImage(place.put('bin/app', writeElf({ sections: [dwarf, section] })));
    const { image: found, ...rest } = findAlternateFile(image, { roots: [place.root] });
    using opened = found;
    return { ...rest, found: opened?.path.replace(place.real, '.') };
  };

  test.each([
    ['a path from its folder', '../shared/x.debug', 'shared/x.debug'],
    ['a build id', '/nowhere/x.debug', `debug/.build-id/01/${ours.slice(2)}.debug`],
    ['a folder .dwz under another root', '/nowhere/.dwz/arch/x.debug', 'debug/.dwz/arch/x.debug'],
  ])('by %s', (_what, name, path) => {
    using place = new Place();
    place.put(path, debugFile());
    expect(find(place, alternate(name))).toMatchObject({
      found: `./${path}`,
      link: { name, buildId: ours },
      notes: [],
    });
  });

  test('another build id is never used', () => {
    using place = new Place();
    place.put('bin/x.debug', debugFile(theirs));
    const { found, link, notes } = find(place, alternate('x.debug'));
    expect({ found, link }).toEqual({ found: undefined, link: { name: 'x.debug', buildId: ours } });
    expect(notes).toEqual([
      expect.stringContaining(`its build id is ${theirs}, not ${ours}`),
      expect.stringMatching(/a part of the debug info .* x\.debug .* was not found/),
    ]);
  });

  test('one that says no build id, and none at all', () => {
    using place = new Place();
    expect(find(place, alternate('x', ''))).toMatchObject({
      link: null,
      notes: [expect.stringContaining('no build id')],
    });
    expect(find(place, dwarf)).toEqual({ found: undefined, link: null, looked: [], notes: [] });
  });
});

testNeeding(['linux', 'cc', 'objcopy', 'gdb'], 'what cc and objcopy make is found where gdb finds it', () => {
  for (const [flag, where] of [
    ['--build-id=none', 'app.debug'],
    ['--build-id=none', '.debug/app.debug'],
    ['--build-id=sha1', 'by id'],
  ] as const) {
    using place = new Place();
    mkdirSync(join(place.real, 'bin/.debug'), { recursive: true });
    const source = place.file('main.c', 'int main(void) { return 0; }\n');
    execFileSync('cc', ['-g', `-Wl,${flag}`, '-o', place.app, source]);
    using whole = openImage(place.app);
    const id = whole.buildId ?? '';
    const debug =
      where === 'by id'
        ? join(place.root, '.build-id', id.slice(0, 2), `${id.slice(2)}.debug`)
        : join(place.real, 'bin', where);
    mkdirSync(dirname(debug), { recursive: true });
    execFileSync('objcopy', ['--only-keep-debug', place.app, debug]);
    const link = where === 'by id' ? [] : [`--add-gnu-debuglink=${debug}`];
    execFileSync('objcopy', ['--strip-all', ...link, place.app]);
    const told = execFileSync(
      'gdb',
      [
        '-nx',
        '-batch',
        '-iex',
        'set debuginfod enabled off',
        '-iex',
        `set debug-file-directory ${place.root}`,
        place.app,
        '-ex',
        'info line main',
      ],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
    );
    expect(told).toContain('main.c');
    expect(place.ask(place.app)).toMatchObject({
      found: expect.stringContaining(debug.replace(place.real, '.')),
      notes: [],
    });
    // The same file with one byte more: gdb refuses it, and so must we.
    if (where === 'by id') continue;
    writeFileSync(debug, 'x', { flag: 'a' });
    expect(place.ask(place.app).found).toBeNull();
  }
});
