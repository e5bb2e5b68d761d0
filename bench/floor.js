// What a tracer can't go below: programs that do nothing at the entry and, with `returns`, at each `ret` of a function.
//   node bench/floor.js FILE FUNCTION PID OUTPUT [returns]
import { readFileSync, writeFileSync } from 'node:fs';
import iced from 'iced-x86';
import { exit, mov } from '../dist/trace/bpf/asm.js';
import { attachUprobes } from '../dist/trace/uprobe/attach.js';
import { loadProgram } from '../dist/trace/uprobe/program.js';
import { functionBytes } from './function-bytes.js';

const [path, name, pid, output, returns] = process.argv.slice(2);
const { offset, size } = functionBytes(path, name);

const retsOf = (bytes) => {
  const decoder = new iced.Decoder(64, bytes, iced.DecoderOptions.None);
  const rets = [];
  while (decoder.canDecode) {
    const at = decoder.position;
    const instruction = decoder.decode();
    if (instruction.flowControl === iced.FlowControl.Return) rets.push(BigInt(at));
    instruction.free();
  }
  return rets;
};

const code = readFileSync(path).subarray(Number(offset), Number(offset) + size);
const offsets = [0n, ...(returns === undefined ? [] : retsOf(code))].map((at) => offset + at);
const program = loadProgram(
  { name: 'floor', type: 'kprobe', uprobeMulti: true, functions: [], code: [mov('r0', 0), exit()] },
  () => undefined,
);
const link = attachUprobes(program, {
  path,
  offsets,
  cookies: offsets.map(() => 0n),
  pid: Number(pid),
  uretprobe: false,
});
writeFileSync(output, '');
const timer = setInterval(() => undefined, 1_000);
process.once('SIGINT', () => {
  clearInterval(timer);
  link[Symbol.dispose]();
});
