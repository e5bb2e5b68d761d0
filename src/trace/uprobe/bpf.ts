import { type ErrorCode, RsymError, type RsymErrorDetails } from '../../base/errors.ts';
import { OwnedFd } from '../sys/fd.ts';
import { addressOf, type CallResult, syscall } from '../sys/libc.ts';
import { BPF_CMD, errnoName, NR } from '../sys/uapi.ts';

const EAGAIN = 11;
/** The verifier gives up with EAGAIN when a signal is pending for this thread (kernel/bpf/verifier.c). */
const maxAttempts = 10;

/** `bpf(2)`; the attribute block is as large as the largest member rsym uses. */
export const attributes = (): Buffer => Buffer.alloc(152);

export const bpf = (command: keyof typeof BPF_CMD, attr: Buffer): CallResult => {
  for (let attempt = 1; ; attempt++) {
    const result = syscall(NR.bpf, BPF_CMD[command], addressOf(attr), attr.length);
    if (result.ok || result.errno !== EAGAIN || attempt === maxAttempts) return result;
  }
};

/** As {@link bpf}, for commands that give a descriptor; `what` completes "cannot …". */
export const bpfFd = (command: keyof typeof BPF_CMD, attr: Buffer, what: string): OwnedFd => {
  const result = bpf(command, attr);
  if (!result.ok) throw refusal(what, result.errno);
  return new OwnedFd(result.value);
};

const privilegeHints = [
  'sudo rsym …',
  'giving the process CAP_BPF and CAP_PERFMON',
  'rsym doctor tells what is missing',
];

/** A bpf command that the kernel refused. */
export class KernelRefusal extends RsymError {
  readonly errno: number;

  constructor(code: ErrorCode, message: string, errno: number, details: RsymErrorDetails) {
    super(code, message, details);
    this.errno = errno;
  }
}

/**
 * The error for a refused bpf command: lack of privilege is told apart from lack of support. `log` is what the verifier
 * wrote: its last line becomes part of the reason, all of it the message of the error's cause.
 */
export const refusal = (what: string, errno: number, log = ''): KernelRefusal => {
  const denied = errno === 1 || errno === 13;
  const last = log.split('\n').findLast((line) => line !== '' && !line.startsWith('processed '));
  return new KernelRefusal(denied ? 'permission' : 'unsupported', `cannot ${what}`, errno, {
    reason: `the kernel refused bpf (${errnoName(errno)})${last === undefined ? '' : `: ${last}`}`,
    hints: denied ? privilegeHints : ['rsym doctor tells what this kernel allows'],
    cause: log === '' ? undefined : new Error(log),
  });
};
