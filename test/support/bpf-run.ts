import type { ProgramSpec } from '../../src/trace/bpf/asm.ts';
import type { OwnedFd } from '../../src/trace/sys/fd.ts';
import { addressOf } from '../../src/trace/sys/libc.ts';
import { attributes, bpf } from '../../src/trace/uprobe/bpf.ts';
import { loadProgram } from '../../src/trace/uprobe/program.ts';

/** A program in the real kernel that is run by hand, with a context of our own: no probe, no other process. */
export class RunnableProgram implements Disposable {
  readonly #program: OwnedFd;

  constructor(code: ProgramSpec['code'], maps: (name: string) => OwnedFd) {
    this.#program = loadProgram(
      { name: 'rsym_run', type: 'syscall', uprobeMulti: false, isSleepable: true, functions: [], code },
      maps,
    );
  }

  /** Runs it with a copy of `context` in r1; what it returns. */
  run(context: Buffer): number {
    const attr = attributes();
    attr.writeUInt32LE(this.#program.value, 0);
    attr.writeUInt32LE(context.length, 40);
    attr.writeBigUInt64LE(addressOf(context), 48);
    const done = bpf('progTestRun', attr);
    if (!done.ok) throw new Error(`the program isn't run: errno ${done.errno}`);
    return attr.readUInt32LE(4);
  }

  [Symbol.dispose](): void {
    this.#program[Symbol.dispose]();
  }
}
