import type { OwnedFd } from '../sys/fd.ts';
import { OwnedFd as Fd } from '../sys/fd.ts';
import { addressOf } from '../sys/libc.ts';
import { ATTACH_UPROBE_MULTI, errnoName, UPROBE_MULTI_RETURN } from '../sys/uapi.ts';
import { attributes, bpf, KernelRefusal, refusal } from './bpf.ts';

export type UprobeTarget = {
  readonly path: string;
  /** In the file. */
  readonly offsets: BigUint64Array;
  /** One for each offset, which tells the program where it is. */
  readonly cookies: BigUint64Array;
  /** Only this process; null: every process that maps the file. */
  readonly pid: number | null;
  /** Runs when the function returns, by replacing its return address. */
  readonly uretprobe: boolean;
};

/** Plants one program at many offsets of one file; the probes live as long as the descriptor. */
export const attachUprobes = (program: OwnedFd, target: UprobeTarget): OwnedFd => {
  const path = Buffer.from(`${target.path}\0`);
  const offsets = bytesOf(target.offsets);
  const cookies = bytesOf(target.cookies);
  const attr = attributes();
  attr.writeUInt32LE(program.value, 0);
  attr.writeUInt32LE(ATTACH_UPROBE_MULTI, 8);
  attr.writeBigUInt64LE(addressOf(path), 16);
  attr.writeBigUInt64LE(addressOf(offsets), 24);
  attr.writeBigUInt64LE(addressOf(cookies), 40);
  attr.writeUInt32LE(target.offsets.length, 48);
  attr.writeUInt32LE(target.uretprobe ? UPROBE_MULTI_RETURN : 0, 52);
  attr.writeUInt32LE(target.pid ?? 0, 56);
  const result = bpf('linkCreate', attr);
  if (result.ok) return new Fd(result.value);
  throw uprobeRefusal(target, result.errno);
};

const bytesOf = ({ buffer, byteOffset, byteLength }: BigUint64Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);

/** Why the kernel did not plant these probes. */
export const uprobeRefusal = (target: UprobeTarget, errno: number): KernelRefusal => {
  if (errno === 3) {
    return new KernelRefusal('process', `process ${target.pid} does not exist`, errno, {
      reason: 'the kernel answered ESRCH',
    });
  }
  if (errno === 2 || errno === 40) {
    return new KernelRefusal('input', `cannot probe ${target.path}`, errno, {
      reason: `the file is gone (${errnoName(errno)})`,
    });
  }
  return refusal(`plant ${target.offsets.length} probes in ${target.path}`, errno);
};

export const attachRawTracepoint = (program: OwnedFd, name: string): OwnedFd => {
  const text = Buffer.from(`${name}\0`, 'latin1');
  const attr = attributes();
  attr.writeBigUInt64LE(addressOf(text), 0);
  attr.writeUInt32LE(program.value, 8);
  const result = bpf('rawTracepointOpen', attr);
  if (!result.ok) throw refusal(`watch ${name}`, result.errno);
  return new Fd(result.value);
};
