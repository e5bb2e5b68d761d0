import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeNeeding, shared, testNeeding } from '../support/need.ts';
import { demangleAll, filterText } from './columns.ts';

const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');
const oracle = (tool: string, input: string): string[] =>
  lines(execFileSync(tool, { input, encoding: 'utf8', maxBuffer: 1 << 28 }));

/** Every Rust and C++ name that Node's own program and the libraries beside it export. */
const exported = (pattern: RegExp): string[] => {
  const libraries = execFileSync('ldd', [process.execPath], { encoding: 'utf8' }).matchAll(/=> (\/\S+)/g);
  const files = [process.execPath, ...Array.from(libraries, (match) => match[1]!)].filter((file) => existsSync(file));
  const out = execFileSync('nm', ['-D', '--without-symbol-versions', ...files], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return [...new Set(lines(out).map((line) => line.slice(line.lastIndexOf(' ') + 1)))].filter((name) =>
    pattern.test(name),
  );
};

testNeeding(
  ['nm', 'c++filt'],
  'C++ names of real libraries equal c++filt’s, but for expressions and c++filt’s own slips',
  () => {
    const names = exported(/^_Z/).filter((name) => !/17h[0-9a-f]{16}E$/.test(name));
    expect(names.length).toBeGreaterThan(1000);
    const theirs = oracle('c++filt', names.join('\n'));
    const ours = demangleAll(names);
    // X, DT and DC begin expressions and declared types, which a library of another spelling writes.
    const differing = ours.filter(({ raw, name }, i) => name !== theirs[i] && !/X[a-z]|DT|XT/.test(raw));
    expect(differing.length, differing.map(({ raw, name }) => `${raw} ${name}`).join('\n')).toBeLessThan(
      names.length / 2000,
    );
  },
);

const rustNames = (): string[] => {
  const generated = [
    'Ah4_',
    'RSh',
    'TlmE',
    'FEu',
    'OuPu',
    'NtC3foo3Bar',
    'INtC3foo3BarxE',
    'DNtC3foo3BazEL_',
    'QNtC1aY',
  ].flatMap((type) => [
    `_RMC1a${type}`,
    `_RINvC3std4take${type}${type}E`,
    `_RNvXs_C1a${type}NtC1b5Trait3run`,
    `_RNCINvC1a1b${type}E0`,
  ]);
  const segments = ['foo', '_$LT$impl$u20$A$GT$', 'a..b..c.d', '$RF$test', '$XX$a', '$C$', 'Vec$LT$T$GT$'];
  const legacy = segments.flatMap((segment) =>
    ['', '.llvm.123', '.cold', '.1'].map((suffix) => `_ZN${segment.length}${segment}3bar17h0123456789abcdefE${suffix}`),
  );
  return [...generated, ...legacy];
};

describeNeeding(['rustfilt'], 'rustfilt', () => {
  test('agrees on names', () => {
    const names = rustNames();
    expect(demangleAll(names).map(({ name }) => name)).toEqual(oracle('rustfilt', names.join('\n')));
  });

  test('agrees on names in text', async () => {
    const text = rustNames()
      .map((name, i) => `${i}: "${name}" (${name}) <${name}>, .text.${name} [${name}+0x1f]`)
      .join('\n');
    expect(lines(await filterText(text))).toEqual(oracle('rustfilt', text));
  });
});

/** How a vector of another spelling may differ; the counts are what docs/demangling.md lists. */
const classOf = (expected: string, got: string, raw: string): string => {
  const abbreviated = (text: string): string =>
    text
      .replaceAll('std::basic_string<char, std::char_traits<char>, std::allocator<char> >', 'std::string')
      .replace(/std::basic_(istream|ostream|iostream)<char, std::char_traits<char> >/g, 'std::$1')
      .replaceAll(' >', '>');
  if (got === raw) return 'not demangled';
  if (abbreviated(got) === abbreviated(expected)) return 'abbreviation';
  return got.replace(/\s/g, '') === expected.replace(/\s/g, '') ? 'spacing' : 'expression';
};

describeNeeding(['shared'], 'vectors', () => {
  const read = (file: string): [string, string][] =>
    lines(readFileSync(join(shared, 'vectors', file), 'utf8')).map((line) => line.split('\t') as [string, string]);
  const differences = (file: string): string[][] => {
    const rows = read(file);
    const ours = demangleAll(
      rows.map(([raw]) => raw),
      file.includes('.full.'),
    );
    return rows.flatMap(([raw, expected], i) => (ours[i]!.name === expected ? [] : [[raw, expected, ours[i]!.name]]));
  };

  test.each([
    'rust.real-legacy-5k.alt.tsv',
    'rust.real-legacy-5k.full.tsv',
    'rust.real-v0-15k.alt.tsv',
    'rust.real-v0-15k.full.tsv',
    'rust.rustc-demangle.alt.tsv',
    'rust.rustc-demangle.full.tsv',
    'rust.rustc-demangle.reject.tsv',
    'rust.v0-spec-docs.alt.tsv',
    'cxx.real-consensus-20k.tsv',
  ])('%s', (file) => {
    expect(differences(file)).toEqual([]);
  });

  test('cxx.libcxxabi14.tsv, in another spelling', () => {
    const counts: Record<string, number> = {};
    for (const [raw, expected, got] of differences('cxx.libcxxabi14.tsv')) {
      const name = classOf(expected!, got!, raw!);
      counts[name] = (counts[name] ?? 0) + 1;
    }
    expect(counts).toEqual({ abbreviation: 62, spacing: 7, expression: 23, 'not demangled': 4 });
  });
});
