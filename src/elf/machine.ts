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

/** CPU_TYPE_* of mach/machine.h; 0x01000000 marks 64 bits, 0x02000000 those of 32-bit pointers. */
const machONames: Readonly<Record<number, string>> = {
  6: 'm68k',
  7: 'x86',
  12: 'arm',
  18: 'powerpc',
  16777223: 'x86-64',
  16777228: 'aarch64',
  16777234: 'powerpc64',
  33554444: 'arm64_32',
};

const arm64 = 16777228;
const arm64e = 2;

/** The name of a Mach-O processor; the subtype's highest byte holds capabilities. arm64e signs its pointers. */
export const machOMachineName = (cpu: number, subtype: number): string =>
  cpu === arm64 && (subtype & 0xffffff) === arm64e ? 'arm64e' : (machONames[cpu] ?? `machine ${cpu}`);

/** IMAGE_FILE_MACHINE_* of the PE format. */
const peNames: Readonly<Record<number, string>> = {
  332: 'x86',
  448: 'arm',
  452: 'arm',
  512: 'ia64',
  34404: 'x86-64',
  42561: 'arm64ec',
  42574: 'arm64x',
  43620: 'aarch64',
};

/** The name of a PE or COFF machine. */
export const peMachineName = (machine: number): string => peNames[machine] ?? `machine ${machine}`;
