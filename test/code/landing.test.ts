import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hex } from '../../src/base/units.ts';
import { findLandings, type LandingSearch } from '../../src/code/landing.ts';
import { describeNeeding } from '../support/need.ts';
import { run } from '../support/process.ts';
import { at, type Memory, readerOf } from './assembled.ts';
import { readElfFile } from './elf-file.ts';

const landingsOf = (memory: Memory, functions: readonly number[] = []): LandingSearch =>
  findLandings(at(0x1000), readerOf(memory), (place) => functions.includes(Number(place)));

const summary = (search: LandingSearch): string | string[] =>
  search.found ? search.sites.map((site) => `${site.address.toString(16)} +${site.stackAdjust}`) : search.reason;

describe('where unwinders and longjmp land', () => {
  test.each([
    ['gcc: mov rsp; pop; jmp', '48 89 cc 59 ff e1', ['1004 +0']],
    ['gcc: mov rsp; ret', '48 89 cc c3', ['1003 +8']],
    ['LLVM: rsp from memory, pops, jmp', '48 8b 67 38 5f 59 ff e1', ['1006 +0']],
    ['glibc: rsp, rbp, jmp rdx', '4c 89 c4 4c 89 cd ff e2', ['1006 +0']],
    ['musl: jmp through memory', '48 8b 67 30 ff 67 38', ['1004 +0']],
    ['a normal return before it', '85 c0 74 04 48 89 ec c3 48 89 cc 59 ff e1', ['100c +0']],
    ['called', 'e8 fb 0f 00 00', ['2003 +0']],
    ['jumped to', 'e9 fb 0f 00 00', ['2003 +0']],
  ])('%s', (_, code, expected) => {
    expect(summary(landingsOf({ 4096: code, 8192: '48 89 d4 ff e2' }))).toEqual(expected);
  });

  test.each([
    ['a frame pointer epilogue', '48 89 ec 5d c3'],
    ['leave', 'c9 c3'],
    ['a realigned stack', '49 8d 62 f8 c3'],
    ['a frame left by lea', '48 89 dc 48 8d 65 d8 5b c3'],
    ['a restored stack that is used on', '48 89 dc e8 f8 ff ff ff c3'],
    ['a jump without it', '58 ff e0'],
    ['calls without end', 'e8 fb ff ff ff c3'],
    ['no code', ''],
  ])('%s is none', (_, code) => expect(summary(landingsOf({ 4096: code }))).toMatch(/no jump/));
});

const debug = (program: string, sites: readonly string[]): string => {
  const script = `${program}.gdb`;
  const stops = sites.map((site) => `break *${site}\ncommands\nsilent\nprintf "site %lu\\n", $rsp\ncontinue\nend\n`);
  writeFileSync(script, `${stops.join('')}run\n`);
  return run('gdb', ['-q', '-nx', '-batch', '-x', script, program], { timeout: 60_000 }).stdout;
};

const built = (name: string, source: string, compile: (from: string, to: string) => readonly string[]): string => {
  const folder = mkdtempSync(join(tmpdir(), 'rsym-landing-'));
  const from = join(folder, name);
  writeFileSync(from, source);
  const [command = '', ...args] = compile(from, join(folder, 'program'));
  const { status, stderr } = run(command, args, { timeout: 100_000 });
  if (status !== 0) throw new Error(stderr);
  return join(folder, 'program');
};

/** The values after a word in the debugger's and the program's output, in order. */
const valuesOf = (output: string, word: string): bigint[] =>
  [...output.matchAll(new RegExp(`^${word} (\\d+)$`, 'gm'))].map((match) => BigInt(match[1] ?? ''));

const sitesIn = (program: string, names: readonly string[]): string[] => {
  const elf = readElfFile(program);
  const sites = new Set<string>();
  for (const name of names) {
    const fn = elf.functions.find((each) => each.name === name);
    if (fn === undefined) throw new Error(`${name} is not in the program`);
    const search = findLandings(fn.start, elf.code, elf.isFunctionStart);
    if (!search.found) throw new Error(`${name}: ${search.reason}`);
    for (const site of search.sites) sites.add(hex(site.address));
  }
  return [...sites];
};

describeNeeding(['cc', 'gdb', 'linux'], 'a running longjmp', () => {
  const source = `
    #include <setjmp.h>
    #include <stdio.h>
    static jmp_buf env;
    #define STACK(word) do { unsigned long sp; __asm__ volatile("mov %%rsp, %0" : "=r"(sp)); \\
      printf(word " %lu\\n", sp); fflush(stdout); } while (0)
    __attribute__((noinline)) void below(int n) { STACK("below"); if (n == 0) longjmp(env, 1); below(n - 1); STACK("no"); }
    __attribute__((noinline)) int frame(int n) { if (setjmp(env) == 0) below(n); STACK("frame"); return n; }
    int main(void) { return frame(3) != 3; }`;

  test('has the stack pointer of the frame it lands in', () => {
    const program = built('jump.c', source, (from, to) => ['cc', '-O1', '-static', '-no-pie', '-o', to, from]);
    const output = debug(program, sitesIn(program, ['longjmp']));
    rmSync(join(program, '..'), { recursive: true });
    const site = valuesOf(output, 'site');
    expect(site.length, output).toBe(1);
    expect(site).toEqual(valuesOf(output, 'frame'));
    expect(valuesOf(output, 'below')).toHaveLength(4);
    for (const below of valuesOf(output, 'below')) expect(below < (site[0] ?? 0n)).toBe(true);
  });
});

describeNeeding(['rustc', 'gdb', 'linux'], 'a running panic', () => {
  const source = `
    use std::arch::asm; use std::hint::black_box;
    macro_rules! stack { ($word:expr) => {{ let sp: u64; unsafe { asm!("mov {}, rsp", out(reg) sp) }; println!("{} {}", $word, sp); }} }
    struct Clean; impl Drop for Clean { fn drop(&mut self) { black_box(1); } }
    #[inline(never)] fn below(n: u64) -> u64 {
      let _clean = Clean; stack!("below"); if n == 0 { panic!() } black_box(below(n - 1)) + 1 }
    #[inline(never)] fn frame(n: u64) -> bool { let out = std::panic::catch_unwind(|| below(n)).is_err(); stack!("frame"); out }
    fn main() { std::panic::set_hook(Box::new(|_| {})); assert!(frame(3)); }`;

  test('has at each landing the stack pointer of a frame, from the innermost out', () => {
    const flags = ['-O', '-Crelocation-model=static', '-Ctarget-feature=+crt-static'];
    const program = built('panics.rs', source, (from, to) => ['rustc', ...flags, '-o', to, from]);
    const output = debug(program, sitesIn(program, ['_Unwind_RaiseException', '_Unwind_Resume']));
    rmSync(join(program, '..'), { recursive: true });
    const site = valuesOf(output, 'site');
    const below = valuesOf(output, 'below');
    expect(below, output).toHaveLength(4);
    // One landing in each frame's cleanup, then one that catches, in `frame` or in what it calls to catch.
    expect(site.slice(0, 4)).toEqual([...below].reverse());
    expect(site).toHaveLength(5);
    expect((site[4] ?? 0n) > (below[0] ?? 0n)).toBe(true);
    expect((site[4] ?? 0n) <= (valuesOf(output, 'frame')[0] ?? 0n)).toBe(true);
  });
});
