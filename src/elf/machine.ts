/** Names of e_machine values (the ELF registry), as they are usually written for Rust targets. */
const names: Readonly<Record<number, string>> = {
  2: 'sparc',
  3: 'x86',
  4: 'm68k',
  8: 'mips',
  20: 'powerpc',
  21: 'powerpc64',
  22: 's390x',
  40: 'arm',
  43: 'sparc64',
  62: 'x86-64',
  83: 'avr',
  105: 'msp430',
  164: 'hexagon',
  183: 'aarch64',
  247: 'bpf',
  252: 'csky',
  258: 'loongarch',
};

const riscv = 243;

/** The name of an ELF machine; RISC-V is named after its width. */
export const machineName = (machine: number, bits: number): string =>
  machine === riscv ? `riscv${bits}` : (names[machine] ?? `machine ${machine}`);
