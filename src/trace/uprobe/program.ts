import type { ProgramSpec } from '../bpf/asm.ts';
import { assemble, labelSlots } from '../bpf/assemble.ts';
import { functionTypes } from '../bpf/btf.ts';
import type { OwnedFd } from '../sys/fd.ts';
import { OwnedFd as Fd } from '../sys/fd.ts';
import { addressOf } from '../sys/libc.ts';
import { ATTACH_UPROBE_MULTI, PROG_SLEEPABLE, PROG_TYPE } from '../sys/uapi.ts';
import { attributes, bpf, bpfFd, refusal } from './bpf.ts';

const license = Buffer.from('GPL\0', 'latin1');
const logSize = 256 * 1024;

/** Loads a program. A refusal carries the verifier's last line; its cause, the whole log. */
export const loadProgram = (spec: ProgramSpec, maps: (name: string) => OwnedFd): OwnedFd => {
  const code = assemble(spec.code, (name) => maps(name).value);
  const attr = attributes();
  attr.writeUInt32LE(PROG_TYPE[spec.type], 0);
  attr.writeUInt32LE(code.length / 8, 4);
  attr.writeBigUInt64LE(addressOf(code), 8);
  attr.writeBigUInt64LE(addressOf(license), 16);
  if (spec.isSleepable) attr.writeUInt32LE(PROG_SLEEPABLE, 44);
  attr.write(spec.name.slice(0, 15), 48, 'latin1');
  if (spec.uprobeMulti) attr.writeUInt32LE(ATTACH_UPROBE_MULTI, 68);
  const functionInfo = describeFunctions(spec, attr);
  const first = bpf('progLoad', attr);
  functionInfo?.[Symbol.dispose]();
  if (first.ok) return new Fd(first.value);
  throw refusal('load a tracing program', first.errno, verifierLog(spec, attr, code));
};

/** Programs with callbacks must describe their functions' types to the kernel. */
const describeFunctions = (spec: ProgramSpec, attr: Buffer): OwnedFd | null => {
  if (spec.functions.length === 0) return null;
  const labels = labelSlots(spec.code);
  const types = functionTypes(spec.name, spec.functions);
  const btfAttr = attributes();
  btfAttr.writeBigUInt64LE(addressOf(types.blob), 0);
  btfAttr.writeUInt32LE(types.blob.length, 16);
  const btf = bpfFd('btfLoad', btfAttr, 'describe a tracing program');
  const info = Buffer.alloc((spec.functions.length + 1) * 8);
  [null, ...spec.functions].forEach((name, i) => {
    info.writeUInt32LE(name === null ? 0 : (labels.get(name) ?? 0), i * 8);
    info.writeUInt32LE(types.ids[i] ?? 0, i * 8 + 4);
  });
  attr.writeUInt32LE(btf.value, 72);
  attr.writeUInt32LE(8, 76);
  attr.writeBigUInt64LE(addressOf(info), 80);
  attr.writeUInt32LE(spec.functions.length + 1, 88);
  keepAlive.set(attr, info);
  return btf;
};

/** The kernel reads these blocks through addresses that the collector doesn't know. */
const keepAlive = new WeakMap<Buffer, Buffer>();

/** What the verifier says when it is asked again, now with room for its log; empty if it isn't the one that refuses. */
const verifierLog = (spec: ProgramSpec, attr: Buffer, code: Buffer): string => {
  const log = Buffer.alloc(logSize);
  attr.writeUInt32LE(0, 72);
  const types = describeFunctions(spec, attr);
  attr.writeBigUInt64LE(addressOf(code), 8);
  attr.writeUInt32LE(1, 24);
  attr.writeUInt32LE(log.length, 28);
  attr.writeBigUInt64LE(addressOf(log), 32);
  const again = bpf('progLoad', attr);
  types?.[Symbol.dispose]();
  if (again.ok) new Fd(again.value)[Symbol.dispose]();
  const text = log.toString('latin1', 0, Math.max(0, log.indexOf(0)));
  return text === '' ? '' : `program ${spec.name}\n${text}`;
};
