import type { DebugInfo } from '../../src/elf/debug-model.ts';
import { run } from '../support/process.ts';

/**
 * `#out-of-line functions` counts DIEs of DW_TAG_subprogram that are neither declarations nor abstract (no
 * DW_AT_inline), `#inlined functions` those of DW_TAG_inlined_subroutine; both also where the linker discarded the code
 * (address 0). `#functions` is how many different functions these are: not a number we have.
 */
export const llvmCounts = (file: string): { outOfLine: number; inlined: number } => {
  const program = ['llvm-dwarfdump-22', 'llvm-dwarfdump'].find((name) => {
    try {
      return run(name, ['--version']).status === 0;
    } catch {
      return false;
    }
  });
  const { stdout } = run(program ?? 'llvm-dwarfdump', ['--statistics', file], { timeout: 600_000 });
  const counts = JSON.parse(stdout) as Record<string, number>;
  return { outOfLine: counts['#out-of-line functions'] ?? 0, inlined: counts['#inlined functions'] ?? 0 };
};

export const ourCounts = ({ counts }: DebugInfo): { outOfLine: number; inlined: number } => ({
  outOfLine: counts.outOfLine + counts.deadOutOfLine + counts.withoutCode,
  inlined: counts.inlined + counts.deadInlined,
});
