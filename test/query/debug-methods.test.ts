import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDebugInfo } from '../../src/elf/debug-info.ts';
import { openImage } from '../../src/elf/open.ts';
import { describeNeeding } from '../support/need.ts';
import { buildRust } from '../support/rust-program.ts';
import { isClaimed, placesText, shownCopies } from '../support/shown.ts';
import { Temporary } from '../support/temporary.ts';

/** Bodies of one line, called for nothing: an optimiser that doesn't inline them drops their results. */
const source = `
pub struct Shelf { books: Vec<u8>, names: Vec<String>, next: Option<Box<Shelf>>, at: usize, name: String }
impl Shelf {
  #[inline(never)] fn chosen(&self) -> &u8 { &self.books[self.at] }
  #[inline(never)] fn first(&self) -> Option<&u8> { self.books.first() }
  #[inline(never)] fn count(&self) -> usize { self.books.len() }
  #[inline(never)] fn is_empty(&self) -> bool { self.names.is_empty() }
  #[inline(never)] fn below(&self) -> Option<&Shelf> { self.next.as_deref() }
  #[inline(never)] fn label(&self) -> &str { self.name.as_str() }
  #[inline(never)] fn take(&mut self) -> Option<u8> { self.books.pop() }
  #[inline(never)] fn clear(&mut self) { self.books.clear() }
}
#[inline(never)] fn sum(a: u8, b: u8, c: u8, d: u8, e: u8) -> u32 { a as u32 + b as u32 + c as u32 + d as u32 + e as u32 }
fn main() {
  let mut shelf = Shelf { books: vec![7, 8], names: vec![], next: None, at: 1, name: "abc".into() };
  shelf.chosen(); shelf.first(); shelf.count(); shelf.is_empty(); shelf.below(); shelf.label(); shelf.take(); shelf.clear();
  println!("{}", sum(1, 2, 3, 4, 5));
}
`;

const results: Readonly<Record<string, string>> = {
  chosen: 'rax',
  first: 'rax',
  count: 'rax',
  is_empty: 'rax',
  below: 'rax',
  label: 'rax rdx',
  take: 'rax rdx',
  clear: '',
};

describeNeeding(['linux', 'rustc'], 'methods of one line', () => {
  const folder = new Temporary();
  const [debug, release] = [join(folder.path, 'debug'), join(folder.path, 'release')];

  beforeAll(() => {
    const path = folder.file('shelf.rs', source);
    buildRust(path, debug, ['--crate-name=shelf']);
    buildRust(path, release, ['--crate-name=shelf', '-O']);
  });
  afterAll(() => folder[Symbol.dispose]());

  test('not optimised: all have self and their result', () => {
    const copies = shownCopies(debug, 'shelf::Shelf::*').filter(({ kind }) => kind !== 'inlined');
    const found = copies.map(({ name, args, ret }) => [name, args.map(placesText), placesText(ret), isClaimed(ret)]);
    const expected = Object.entries(results).map(([name, result]) => [`shelf::Shelf::${name}`, ['rdi'], result, true]);
    expect(new Map(found.map((one) => [one[0], one]))).toEqual(new Map(expected.map((one) => [one[0], one])));
  });

  test('not optimised: narrow arguments whose registers are put aside whole', () => {
    const [sum] = shownCopies(debug, 'shelf::sum');
    expect(sum?.args.map(placesText)).toEqual(['rdi', 'rsi', 'rdx', 'rcx', 'r8']);
    expect(sum && isClaimed(sum.ret) && placesText(sum.ret)).toBe('rax');
  });

  test('optimised: a result that was dropped is not claimed', () => {
    const copies = shownCopies(release, 'shelf::Shelf::*').filter(({ kind }) => kind !== 'inlined');
    expect(copies.length).toBeGreaterThan(0);
    expect(copies.filter(({ ret }) => placesText(ret) !== '' && isClaimed(ret)).map(({ name }) => name)).toEqual([]);
  });

  test('copies are told by crate: each is in that of its own DIE, and in one only', () => {
    using image = openImage(debug);
    using info = openDebugInfo(image);
    const own = Array.from({ length: info.copyCount }, (_, id) => info.copy(id)).filter(
      ({ kind }) => kind === 'out-of-line',
    );
    const units = new Map(own.map((copy) => [String(info.copiesOfCrate(copy.die)), info.copiesOfCrate(copy.die)]));
    expect(units.size).toBeGreaterThan(1);
    expect([...units.values()].flat().sort((a, b) => a - b)).toEqual(own.map(({ id }) => id).sort((a, b) => a - b));
    expect(own.filter(({ id, die }) => !info.copiesOfCrate(die).includes(id))).toEqual([]);
    const pathsOf = (ids: readonly number[]): string[] => ids.map((id) => info.path(info.copy(id).function));
    const [shelf] = [...units.values()].filter((ids) => pathsOf(ids).includes('shelf::sum'));
    expect(pathsOf(shelf ?? []).filter((path) => path.includes('Shelf::')).length).toBe(Object.keys(results).length);
  });
});
