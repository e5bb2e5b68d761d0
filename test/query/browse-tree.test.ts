import { afterAll, beforeAll, expect, test } from 'vitest';
import { Browser, branchIndex, openForBrowsing, type TreeView } from '../../src/query/browse.ts';
import { Temporary } from '../support/temporary.ts';
import { wasmWithNames } from '../support/wasm-names.ts';

const names = ['app::main', 'app::net::send', 'app::net::recv', 'app::net::tls::open', 'zlib::crc', 'memcpy'];
let folder: Temporary;
let browser: Browser;
beforeAll(() => {
  folder = new Temporary();
  browser = new Browser(openForBrowsing(folder.file('names.wasm', wasmWithNames(names))));
});
afterAll(() => {
  browser[Symbol.dispose]();
  folder[Symbol.dispose]();
});

const linesOf = (view: TreeView): string[] =>
  [...view.lines].map((line, i) => {
    const at = branchIndex(line);
    const branch = at === null ? null : view.branches[at];
    const text = branch ? `${branch.name} ${branch.end - branch.first}` : browser.entry(line).name;
    return '  '.repeat(view.depths[i] ?? 0) + text;
  });

const viewOf = (text: string, ...open: string[]): TreeView => {
  const tree = browser.tree();
  while (!tree.done) tree.step();
  const search = browser.search(text);
  while (!search.done) search.step();
  return tree.view(search.rows(), new Set(open));
};

test('closed, the crates with their counts', () => {
  expect(linesOf(viewOf(''))).toEqual(['(no path) 1', 'app 4', 'zlib 1']);
});

test('an open branch has its branches, then its functions', () => {
  expect(linesOf(viewOf('', 'app', 'app::net'))).toEqual([
    '(no path) 1',
    'app 4',
    '  net 3',
    '    tls 1',
    '    app::net::recv',
    '    app::net::send',
    '  app::main',
    'zlib 1',
  ]);
});

test('what is open inside a closed branch is not shown', () => {
  expect(linesOf(viewOf('', 'app::net'))).toEqual(['(no path) 1', 'app 4', 'zlib 1']);
});

test('a search filters it, in its own order', () => {
  const view = viewOf('e', 'app', 'app::net', 'app::net::tls', '(no path)');
  expect(linesOf(view)).toEqual([
    '(no path) 1',
    '  memcpy',
    'app 3',
    '  net 3',
    '    tls 1',
    '      app::net::tls::open',
    '    app::net::recv',
    '    app::net::send',
  ]);
});

test('all functions of a branch are together', () => {
  const view = viewOf('');
  const app = view.branches.find(({ name }) => name === 'app');
  const below = [...view.sorted.subarray(app?.first, app?.end)].map((row) => browser.entry(row).name);
  expect(below.sort()).toEqual(names.filter((name) => name.startsWith('app')).sort());
});
