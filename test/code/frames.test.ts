import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openFlow } from '../../src/code/flow.ts';
import { framesOf, isFromEntry } from '../../src/code/frames.ts';
import { describeNeeding } from '../support/need.ts';
import { run } from '../support/process.ts';
import { readElfFile } from './elf-file.ts';

/** The call frame address from an address on: `offset` above a register. */
type Row = { readonly at: bigint; readonly base: string; readonly offset: number };

/** By the start of each function, what its unwind table says, as readelf reads it. */
const unwindRows = (path: string): Map<bigint, Row[]> => {
  const { stdout } = run('readelf', ['-wF', path], { timeout: 60_000 });
  const found = new Map<bigint, Row[]>();
  let rows: Row[] = [];
  for (const line of stdout.split('\n')) {
    const start = / pc=([0-9a-f]+)\.\./.exec(line)?.[1];
    if (start !== undefined) {
      rows = [];
      found.set(BigInt(`0x${start}`), rows);
    }
    const [, at, base = '', offset] = /^([0-9a-f]{16}) (rsp|rbp)\+(\d+)/.exec(line) ?? [];
    if (at !== undefined) rows.push({ at: BigInt(`0x${at}`), base, offset: Number(offset) });
  }
  return found;
};

describeNeeding(['rustc', 'readelf', 'linux'], 'where the stack pointer is at calls', () => {
  test('is what the unwind tables say', () => {
    const folder = mkdtempSync(join(tmpdir(), 'rsym-frames-'));
    const source = join(folder, 'program.rs');
    writeFileSync(
      source,
      'fn main() { println!("{:?}", std::env::args().map(|a| a.parse::<f64>()).collect::<Vec<_>>()) }',
    );
    const program = join(folder, 'program');
    const { status, stderr } = run('rustc', ['-O', '-o', program, source], { timeout: 100_000 });
    expect(status, stderr).toBe(0);
    const elf = readElfFile(program);
    const tables = unwindRows(program);
    rmSync(folder, { recursive: true });
    const differences: string[] = [];
    let compared = 0;
    let unknown = 0;
    const seen = new Set<bigint>();
    for (const fn of elf.functions) {
      const rows = tables.get(fn.start);
      // Nothing called `_start`; and the table of `main`, which the compiler makes, doesn't tell what it pushes.
      const isFollowed = fn.name !== '_start' && fn.name !== 'main';
      if (rows === undefined || fn.size === 0n || seen.has(fn.start) || !isFollowed) continue;
      seen.add(fn.start);
      const flow = openFlow(fn, elf.code, elf.isFunctionStart, elf.data);
      if (typeof flow === 'string') continue;
      const frames = framesOf(flow);
      for (const [i, { at, step }] of flow.instructions.entries()) {
        if (step?.kind !== 'call' && step?.kind !== 'indirect-call') continue;
        const row = rows.findLast((each) => each.at <= at);
        if (row === undefined || at >= fn.start + fn.size) continue;
        const offset = (row.base === 'rsp' ? frames.rsp[i] : frames.rbp[i]) ?? Number.NaN;
        // The call frame address is the stack pointer before the call to the function, 8 above that at entry.
        if (!isFromEntry(offset)) unknown++;
        else if (offset + row.offset !== 8) differences.push(`${fn.name} at ${at.toString(16)}: ${offset}`);
        compared++;
      }
    }
    expect(differences).toEqual([]);
    expect(compared).toBeGreaterThan(1000);
    expect(unknown).toBeLessThan(compared / 100);
  });
});
