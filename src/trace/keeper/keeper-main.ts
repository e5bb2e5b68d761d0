import { readSync, writeSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { receiveFd } from '../sys/pass-fd.ts';
import { KernelRefusal } from '../uprobe/bpf.ts';
import { KeptProgram } from './kept-program.ts';
import { OwnLinks } from './links.ts';
import { type Answer, Lines, type Request, receivedTarget } from './messages.ts';
import { StartedProgram } from './started-program.ts';

/**
 * The process that holds the probes, so that rsym may be killed at any moment. A task that is being killed can't
 * change other processes' code: a link that it just creates or closes leaves its breakpoints where they are. Here rsym's
 * end, whatever its kind, is the end of the input, and the probes are removed by a process in good health.
 *
 * It ends with its input, and nothing else but SIGKILL ends it before. A program that rsym started and left stopped is let
 * run then, without probes. Where its output had a reader, as on the screen, this process reads it until it is closed.
 */
const input = 0;
const output = 1;
const descriptors = 3;

const requests = function* (): Generator<Request> {
  const lines = new Lines();
  const text = new StringDecoder('utf8');
  const piece = Buffer.alloc(1 << 16);
  for (let length = 1; length > 0; ) {
    length = readSync(input, piece);
    for (const line of lines.add(text.write(piece.subarray(0, length)))) yield JSON.parse(line);
  }
};

const answer = (errno: Answer['errno']): void => {
  try {
    writeSync(output, `${JSON.stringify({ errno } satisfies Answer)}\n`);
  } catch (error) {
    // Who asked has ended meanwhile, which the input's end will tell.
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  }
};

const fulfil = async (request: Request, links: OwnLinks): Promise<Answer['errno']> => {
  if (request.do === 'detach') {
    await links.detach();
    return null;
  }
  if (request.do === 'remove') {
    await links.remove(request.group);
    return null;
  }
  if (request.do === 'keep') {
    const pipes = Array.from({ length: request.pipes }, () => receiveFd(descriptors));
    kept = new KeptProgram(new StartedProgram(request.pid, request.startTime, pipes), pipes);
    return null;
  }
  if (request.do === 'resumed' || request.do === 'stopped') {
    kept?.told(request.do === 'resumed');
    return null;
  }
  using program = receiveFd(descriptors);
  try {
    await links.attach(request.group, program, receivedTarget(request));
    return null;
  } catch (error) {
    if (error instanceof KernelRefusal) return error.errno;
    throw error;
  }
};

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;
for (const signal of signals) process.on(signal, () => undefined);
process.title = 'rsym-keeper';
const links = new OwnLinks();
let kept: KeptProgram | null = null;
try {
  answer(null);
  for (const request of requests()) answer(await fulfil(request, links));
} finally {
  try {
    await links.detach();
  } finally {
    (kept as KeptProgram | null)?.resume();
  }
}
if (kept) {
  // Nothing is left to be put away, and no folder must be kept in use.
  for (const signal of signals) process.removeAllListeners(signal);
  process.chdir('/');
  await (kept as KeptProgram).drain();
}
