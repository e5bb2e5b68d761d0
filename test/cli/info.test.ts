import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { writeArchive } from '../support/ar-writer.ts';
import { cli, cliFail } from '../support/cli.ts';
import { type ElfSpec, type SymbolSpec, writeElf } from '../support/elf-writer.ts';
import { fixture } from '../support/fixtures.ts';
import { describeNeeding, testNeeding } from '../support/need.ts';
import { Temporary } from '../support/temporary.ts';
import { writeWasm } from '../support/wasm-writer.ts';

type Compiler = {
  name: string;
  evidence: string;
  count: number;
  language: string | null;
  dwarf_version: number | null;
};

// biome-ignore lint/suspicious/noExplicitAny: a document is looked at by many tests, each at another part of it
type Document = any;

const env = { RSYM_CACHE: 'off' };

const answered = (...args: string[]): string => {
  const { status, stdout, stderr } = cli(['info', ...args], { env });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
};
/** The document of `info ARGS`. */
const info = (...args: string[]): Document => {
  const document = JSON.parse(answered('--json', ...args));
  expect(document.schema).toBe(1);
  return document;
};
const ofElf = (spec: ElfSpec): Document => {
  using folder = new Temporary();
  return info(folder.file('app', writeElf(spec)));
};
const textOfElf = (spec: ElfSpec): string => {
  using folder = new Temporary();
  return answered(folder.file('app', writeElf(spec)));
};
const told = (program: string, ...args: string[]): string =>
  execFileSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'ignore'] });
const evidence = (document: Document, kind: string): Compiler[] =>
  document.compilers.filter((compiler: Compiler) => compiler.evidence === kind);

const programs = ['hello/full-release', 'hello/full-dwarf5', 'hello/lines-release', 'endings/static-v0', 'types/debug'];

describeNeeding(['linux', 'readelf'], 'as readelf tells it', () => {
  test.each([...programs.map((name) => [name, fixture(name)] as const), ['sh', '/bin/sh'] as const])(
    '%s: header, notes, dynamic section, .comment',
    (_name, path) => {
      const document = info(path);
      const said = told('readelf', '-Whnd', path);
      const field = (pattern: RegExp): string | undefined => pattern.exec(said)?.[1];
      expect(document).toMatchObject({ format: 'elf', machine: 'x86-64', bits: 64, byte_order: 'little' });
      expect(document.entry).toBe(field(/Entry point address:\s+(0x[0-9a-f]+)/));
      expect(document.build_id).toBe(field(/Build ID: ([0-9a-f]+)/) ?? null);
      expect(document.type).toBe(field(/Type:\s+(\w+)/) === 'EXEC' ? 'executable' : 'pie');
      expect(document.linking.needed).toEqual([...said.matchAll(/\(NEEDED\).*\[(.*)\]/g)].map((m) => m[1]));
      expect(document.linking.kind).toBe(document.linking.needed.length > 0 ? 'dynamic' : 'static');
      expect(document.linking.interpreter).toBe(/interpreter: (.*)\]/.exec(told('readelf', '-Wl', path))?.[1] ?? null);
      const comments = [...told('readelf', '-p', '.comment', path).matchAll(/^ +\[ *[0-9a-f]+\] +(.*)$/gm)];
      expect(evidence(document, 'comment').map(({ name }) => name)).toEqual(comments.map((m) => m[1]));
    },
  );
});

describeNeeding(['linux', 'readelf'], 'as readelf tells it, too', () => {
  test.each(programs)('%s: functions and their mangling', (name) => {
    const document = info(fixture(name));
    const functions = told('readelf', '-Ws', fixture(name))
      // As it writes the type where the header does not name GNU's extensions.
      .replaceAll('<OS specific>: 10', 'IFUNC')
      .split("'.symtab'")[1]
      ?.split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter(([, , , type, , , section]) => (type === 'FUNC' || type === 'IFUNC') && section !== 'UND')
      .map((columns) => columns[7] ?? '');
    const names = functions ?? [];
    const legacy = names.filter((raw) => /^_ZN.*17h[0-9a-f]{16}E/.test(raw)).length;
    const v0 = names.filter((raw) => /^_R[A-Z]/.test(raw)).length;
    const itanium = names.filter((raw) => raw.startsWith('_Z')).length - legacy;
    expect(document.symbols).toMatchObject({
      table: 'full',
      functions: names.length,
      schemes: { 'rust-v0': v0, 'rust-legacy': legacy, itanium, none: names.length - v0 - legacy - itanium },
    });
  });
});

describeNeeding(['linux', 'llvm-dwarfdump'], 'as llvm-dwarfdump tells it', () => {
  const withDebugInfo = [
    'hello/full-release',
    'hello/full-dwarf5',
    'hello/lines-release',
    'inlined/units',
    'types/release',
  ];

  test.each(withDebugInfo)('%s: producers, counts of units, of copies out of line and inlined', (name) => {
    const path = fixture(name);
    const document = info(path);
    const dump = told('llvm-dwarfdump', '--debug-info', path);
    const dies = [...dump.matchAll(/^0x[0-9a-f]+: +(DW_TAG_\w+)((?:\n[^0\n].*)*)/gm)].map((m) => ({
      tag: m[1],
      text: m[2] ?? '',
    }));
    const units = dies.filter(({ tag }) => tag === 'DW_TAG_compile_unit');
    const producers = new Map<string, number>();
    for (const { text } of units) {
      const producer = /DW_AT_producer\s+\("(.*)"\)/.exec(text)?.[1] ?? '';
      producers.set(producer, (producers.get(producer) ?? 0) + 1);
    }
    expect(
      evidence(document, 'debug-info')
        .map(({ name: said, count }) => [said, count])
        .sort(),
    ).toEqual([...producers].sort());
    const versions = new Set(
      [...dump.matchAll(/Compile Unit: .*version = 0x([0-9a-f]+)/g)].map((m) => Number.parseInt(m[1] ?? '', 16)),
    );
    expect(document.debug_info.dwarf_versions).toEqual([...versions].sort());
    const { counts } = document.debug_info;
    expect(counts.units).toBe(units.length);
    const subprograms = dies.filter(
      ({ tag, text }) => tag === 'DW_TAG_subprogram' && !/DW_AT_(inline|declaration)\b/.test(text),
    );
    expect(counts.out_of_line + counts.discarded_out_of_line + counts.without_code).toBe(subprograms.length);
    const statistics = JSON.parse(told('llvm-dwarfdump', '--statistics', path));
    expect(counts.inlined + counts.discarded_inlined).toBe(statistics['#inlined functions']);
    // Only newer ones count these.
    const outOfLine = statistics['#out-of-line functions'] ?? subprograms.length;
    expect(counts.out_of_line + counts.discarded_out_of_line + counts.without_code).toBe(outOfLine);
  });
});

describe('where debug info is, and what it tells', () => {
  test.each([
    ['hello/full-release', 'types', null],
    ['hello/lines-release', 'lines', null],
    ['hello/zlib-release', 'types', 'zlib'],
    ['hello/zstd-release', 'types', 'zstd'],
    ['hello/zdebug-release', 'types', 'zlib-gnu'],
  ])('%s: %s, compressed: %s', (name, level, compression) => {
    const path = fixture(name);
    const document = info(path);
    const text = answered(path);
    expect(document.debug_info).toMatchObject({ source: { path, how: 'own' }, level, compression, looked_for: [] });
    expect(text).toContain(compression === null ? 'not compressed' : `compressed (${compression})`);
    expect(text).toMatch(level === 'types' ? /line numbers, types$/m : /no types$/m);
  });

  test('none: where it was looked for', () => {
    const document = info(fixture('hello/release-v0'));
    const text = answered(fixture('hello/release-v0'));
    expect(document.debug_info).toMatchObject({ source: null, level: 'none', counts: null, dwarf_versions: [] });
    for (const path of document.debug_info.looked_for) expect(text).toContain(`looked for ${path}`);
    expect(document.debug_info.looked_for).toHaveLength(1);
  });

  test('in a separate file: beside it, or given; none without it', () => {
    using folder = new Temporary();
    const app = join(realpathSync(folder.path), 'helloworld');
    copyFileSync(fixture('hello/linked-release'), app);
    const lost = info(app);
    expect(lost.debug_info).toMatchObject({ source: null, link_name: 'helloworld.debug' });
    expect(lost.notes[0]).toContain(`${app}.debug`);
    expect(answered(app)).toMatch(/none here: it is in helloworld.debug, which was not found/);
    const debug = fixture('hello/linked-release.debug');
    const given = info(app, '--debug-file', debug);
    expect(given.debug_info).toMatchObject({ source: { path: debug, how: 'given' }, level: 'types' });
    copyFileSync(debug, `${app}.debug`);
    const beside = info(app);
    expect(beside.debug_info).toMatchObject({ source: { path: `${app}.debug`, how: 'debug-link' }, level: 'types' });
    expect(beside.debug_info.counts).toEqual(given.debug_info.counts);
    expect(beside.symbols).toEqual(lost.symbols);
  });

  test('one of another build, and one for two files, are refused', () => {
    const [full, other] = [fixture('hello/full-release'), fixture('hello/full-debug')];
    expect(cliFail(['info', full, '--debug-file', other])).toMatch(/another build.*\n.*build id is [0-9a-f]{40}/);
    expect(cliFail(['info', full, other, '--debug-file', other])).toMatch(/belongs to one file/);
  });

  test('debug info that is damaged: all else is told, and that it is', () => {
    const spec: ElfSpec = {
      symbols: [{ name: 'f' }],
      sections: [{ name: '.debug_info', data: Buffer.alloc(100, 0xee) }],
    };
    const { symbols, debug_info, notes, failures } = ofElf(spec);
    expect(symbols.functions).toBe(1);
    expect(debug_info).toMatchObject({ source: { how: 'own' }, level: 'none', counts: null });
    expect([...notes, ...failures]).toEqual([expect.stringContaining('debug info')]);
    expect(textOfElf(spec)).toContain(notes[0].split(': ').at(-1));
  });

  test('parts that dwz moved to another file', () => {
    const id = '0123456789abcdef0123456789abcdef01234567';
    const document = ofElf({
      sections: [
        { name: '.debug_info', data: Buffer.alloc(100, 0xee) },
        { name: '.gnu_debugaltlink', data: Buffer.concat([Buffer.from('shared.debug\0'), Buffer.from(id, 'hex')]) },
      ],
    });
    expect(document.debug_info.alternate).toEqual({ name: 'shared.debug', build_id: id, path: null });
    expect(document.notes.at(-1)).toMatch(/shared\.debug .*was not found/);
  });
});

describe('compilers of a stripped file', () => {
  const commit = '0123456789abcdef0123456789abcdef01234567';
  const rodata = (text: string, at = 0): ElfSpec => ({
    patch: (bytes, places) => bytes.write(text, places.data('.rodata') + at),
  });

  testNeeding(
    ['linux', 'objcopy'],
    'a Rust program without symbols and .comment: the sources of its standard library',
    () => {
      using folder = new Temporary();
      const path = join(folder.path, 'app');
      const original = fixture('hello/release-v0');
      execFileSync('objcopy', ['--strip-all', '--remove-section=.comment', original, path]);
      const document = info(path);
      expect(document.compilers).toEqual([expect.objectContaining({ evidence: 'source-path' })]);
      const [commitOf] = /[0-9a-f]{40}/.exec(document.compilers[0].name) ?? [];
      const bytes = readFileSync(original).toString('latin1');
      expect(document.compilers[0].count).toBe(bytes.split(`/rustc/${commitOf}/`).length - 1);
      expect(answered(path)).toContain('built the standard library');
      expect(document.symbols).toMatchObject({ table: 'dynamic', stripped: true });
    },
  );

  test('paths and text in constants are told as what they are', () => {
    expect(ofElf(rodata(`/rustc/${commit}/x`)).compilers).toEqual([
      { name: `rustc, commit ${commit}`, evidence: 'source-path', count: 1, language: null, dwarf_version: null },
    ]);
    expect(ofElf(rodata(`/rustc/${commit.slice(1)}/x`)).compilers).toEqual([]);
    const text = rodata('rustc version 1.2.3 (abc)\0');
    expect(ofElf(text).compilers).toEqual([
      expect.objectContaining({ name: 'rustc version 1.2.3 (abc)', evidence: 'constant-text' }),
    ]);
    expect(textOfElf(text)).toContain('it may mean anything');
  });

  test('each once where the pieces meet that a large section is read in', () => {
    const size = (4 << 20) + 4096;
    for (const at of [0, (4 << 20) - 60, (4 << 20) - 1, 4 << 20, (4 << 20) + 100, size - 60]) {
      const data = Buffer.alloc(size);
      data.write(`/rustc/${commit}/`, at);
      const sections = [{ name: '.rodata', data }];
      expect(evidence(ofElf({ sections }), 'source-path'), `at ${at}`).toMatchObject([{ count: 1 }]);
    }
  });
});

describe('unwinding', () => {
  test.each([
    ['hello/release-v0', 'yes', 'imports', 'unwind'],
    ['endings/static-v0', 'yes', 'contains', 'unwind'],
    ['endings/abort-v0', 'through', undefined, 'abort'],
  ])('%s, as it was built', (name, verdict, how, strategy) => {
    const document = info(fixture(name));
    expect(document.unwinding).toMatchObject({ verdict, eh_frame: true, panic: { strategy } });
    expect(document.unwinding.raises.find((s: { name: string }) => s.name === '_Unwind_RaiseException')?.how).toBe(how);
  });

  testNeeding(['linux', 'objcopy'], 'stripped: no more is claimed than can be seen', () => {
    using folder = new Temporary();
    for (const [name, verdict, proof] of [
      ['hello/release-v0', 'yes', /imports _Unwind_RaiseException/],
      ['endings/abort-v0', 'unknown', /does not import _Unwind_RaiseException/],
      ['endings/static-v0', 'unknown', /symbols are gone/],
    ] as const) {
      const path = join(folder.path, 'app');
      execFileSync('objcopy', ['--strip-all', fixture(name), path]);
      const { unwinding } = info(path);
      expect(unwinding).toMatchObject({
        verdict,
        panic: { strategy: 'unknown', evidence: expect.stringMatching(proof) },
      });
    }
  });

  test('without .eh_frame: no, whatever it raises; a file without Rust has no panics', () => {
    const raise: SymbolSpec = { name: '_Unwind_RaiseException', section: 'undefined' };
    expect(ofElf({ symbols: [raise] }).unwinding).toMatchObject({ verdict: 'no', panic: null });
    const sections = [{ name: '.eh_frame', data: Buffer.alloc(8) }];
    expect(ofElf({ symbols: [raise], sections }).unwinding.verdict).toBe('yes');
    expect(ofElf({ symbols: [{ name: 'f' }], sections }).unwinding.verdict).toBe('through');
  });
});

describe('other files', () => {
  test('other machines', () => {
    const spec = { bits: 32, littleEndian: false, machine: 8, type: 'exec', symbols: [] } as const;
    expect(ofElf(spec)).toMatchObject({ machine: 'mips', bits: 32, byte_order: 'big', type: 'executable' });
    expect(textOfElf(spec)).toMatch(/ELF, mips, 32 bits, big-endian/);
  });

  test('an archive: one summary of its members', () => {
    using folder = new Temporary();
    const object = (machine: number, comment: string, dwarf: boolean): Buffer =>
      writeElf({
        type: 'rel',
        machine,
        sections: [
          { name: '.comment', data: Buffer.from(`\0${comment}\0`) },
          ...(dwarf ? [{ name: '.debug_info', data: Buffer.alloc(16) }] : []),
        ],
      });
    const path = folder.file(
      'lib.a',
      writeArchive([
        { name: 'a.o', data: object(62, 'GCC: (GNU) 12', true) },
        { name: 'b.o', data: object(62, 'GCC: (GNU) 12', false) },
        { name: 'c.o', data: object(183, 'clang 22', false) },
        { name: 'lib.rmeta', data: Buffer.from('metadata') },
      ]),
    );
    const document = info(path);
    const text = answered(path);
    expect(document).toEqual({
      schema: 1,
      file: path,
      format: 'archive',
      members: 4,
      objects: [
        { format: 'elf', machine: 'x86-64', type: 'relocatable', count: 2 },
        { format: 'elf', machine: 'aarch64', type: 'relocatable', count: 1 },
      ],
      other_members: 1,
      with_debug_info: 1,
      compilers: [
        { name: 'GCC: (GNU) 12', evidence: 'comment', count: 2, language: null, dwarf_version: null },
        { name: 'clang 22', evidence: 'comment', count: 1, language: null, dwarf_version: null },
      ],
      failures: [],
    });
    expect(text).toMatch(/4 members/);
  });

  test('a wasm module', () => {
    using folder = new Temporary();
    const document = info(folder.file('m.wasm', writeWasm([], [{ name: 'f' }])));
    expect(document).toMatchObject({
      format: 'wasm',
      machine: 'wasm32',
      type: 'module',
      linking: null,
      unwinding: null,
      build_id: null,
    });
  });

  test('several: each is tried, one that fails does not hide the others', () => {
    using folder = new Temporary();
    const [good, bad] = [folder.file('good', writeElf({})), folder.file('bad', 'text')];
    const { status, stdout, stderr } = cli(['info', '--json', bad, good]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/bad: it is not an ELF, /);
    const document = JSON.parse(stdout);
    expect(document.files.map(({ file }: { file: string }) => file)).toEqual([good]);
    expect(cliFail(['info', bad])).toMatch(/not an ELF, /);
    expect(cliFail(['info', join(folder.path, 'none')])).toMatch(/no such file/);
    expect(cliFail(['info'])).toMatch(/missing/i);
  });

  test('text of a file that would move the cursor is shown as escapes', () => {
    const sections = [{ name: '.comment', data: Buffer.from('\x1b[2J\u202eGCC\0') }];
    expect(textOfElf({ sections })).toContain('\\x1b[2J\\u{202e}GCC');
  });

  test('every cut of a file is answered or refused', () => {
    using folder = new Temporary();
    const bytes = writeElf({ symbols: [{ name: 'f' }], sections: [{ name: '.comment', data: Buffer.from('GCC\0') }] });
    const paths = [0.2, 0.5, 0.8, 0.95].map((part, i) =>
      folder.file(`cut${i}`, bytes.subarray(0, Math.floor(bytes.length * part))),
    );
    const { status, stderr } = cli(['info', ...paths]);
    expect(status).toBe(2);
    expect(stderr).not.toMatch(/^\s+at |internal/m);
  });
});
