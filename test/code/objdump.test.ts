import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findExits } from '../../src/code/exits.ts';
import { describeNeeding, testNeeding } from '../support/need.ts';
import { run } from '../support/process.ts';
import { readElfFile } from './elf-file.ts';

/** Addresses by kind of instruction, as objdump sees them. */
type Listing = { readonly returns: readonly bigint[]; readonly jumps: ReadonlyMap<bigint, bigint> };

const listingOf = (path: string): Listing => {
  const { stdout, status } = run('objdump', ['-d', '--no-show-raw-insn', path], { timeout: 60_000 });
  if (status !== 0) throw new Error(`objdump can't read ${path}`);
  const returns: bigint[] = [];
  const jumps = new Map<bigint, bigint>();
  for (const [, at = '', prefix, name = '', target = ''] of stdout.matchAll(
    /^ *([0-9a-f]+):\t(repz |bnd |notrack )?(ret|j[a-z]+)q? *([0-9a-f]+)?/gm,
  )) {
    if (name === 'ret') returns.push(BigInt(`0x${at}`));
    else if (target !== '' && prefix !== 'notrack ') jumps.set(BigInt(`0x${at}`), BigInt(`0x${target}`));
  }
  return { returns, jumps };
};

const within = (sorted: readonly bigint[], start: bigint, end: bigint): bigint[] => {
  let low = 0;
  for (let high = sorted.length; low < high; ) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0n) < start) low = middle + 1;
    else high = middle;
  }
  const found: bigint[] = [];
  for (let i = low; i < sorted.length && (sorted[i] ?? end) < end; i++) found.push(sorted[i] ?? 0n);
  return found;
};

/** Sweeps every function of a file and compares returns and direct jumps out of it with objdump's. */
const compare = (path: string): { functions: number; complete: number; differences: string[] } => {
  const elf = readElfFile(path);
  const listing = listingOf(path);
  const jumpsFrom = [...listing.jumps.keys()];
  const differences: string[] = [];
  const seen = new Set<bigint>();
  let complete = 0;
  for (const { name, start, size } of elf.functions) {
    if (size === 0n || seen.has(start)) continue;
    seen.add(start);
    const sweep = findExits({ start, size }, elf.code, elf.isFunctionStart, elf.data);
    if (!sweep.complete) continue;
    complete++;
    const end = start + size;
    const own = sweep.exits.filter((exit) => !exit.outlined);
    const returns = own.filter((exit) => exit.kind === 'return').map((exit) => exit.address);
    if (String(returns) !== String(within(listing.returns, start, end))) differences.push(`${name}: returns`);
    const isPart = (at: bigint): boolean => sweep.parts.some((part) => at >= part.start && at < part.end);
    const leaving = within(jumpsFrom, start, end).filter((at) => !isPart(listing.jumps.get(at) ?? 0n));
    const jumps = own.filter((exit) => exit.kind === 'tail-jump').map((exit) => exit.address);
    if (String(jumps) !== String(leaving)) differences.push(`${name}: jumps`);
  }
  return { functions: seen.size, complete, differences };
};

const libc = ['/lib/x86_64-linux-gnu/libc.so.6', '/lib64/libc.so.6', '/usr/lib/libc.so.6'].find((path) =>
  existsSync(path),
);

describeNeeding(['objdump', 'linux'], 'exits of all functions of a real file, compared with objdump', () => {
  for (const path of ['/bin/bash', libc].filter((each) => each !== undefined && existsSync(each))) {
    test(String(path), () => {
      const { functions, complete, differences } = compare(realpathSync(String(path)));
      expect(differences).toEqual([]);
      expect(functions).toBeGreaterThan(1000);
      expect(complete).toBeGreaterThan(0.95 * functions);
    });
  }
});

testNeeding(['objdump', 'rustc', 'linux'], 'exits of all functions of a Rust program, compared with objdump', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rsym-exits-'));
  const source = join(folder, 'program.rs');
  writeFileSync(
    source,
    'fn main() { println!("{:?}", std::env::args().map(|a| a.parse::<f64>()).collect::<Vec<_>>()); }',
  );
  const program = join(folder, 'program');
  const { status, stderr } = run('rustc', ['-O', '-o', program, source], { timeout: 100_000 });
  expect(status, stderr).toBe(0);
  const { functions, complete, differences } = compare(program);
  rmSync(folder, { recursive: true });
  expect(differences).toEqual([]);
  expect(functions).toBeGreaterThan(100);
  expect(complete).toBeGreaterThan(0.95 * functions);
});
