/** What kind of trouble it is; front ends choose their advice and exit status by it. */
export type ErrorCode =
  | 'usage' // the command line is wrong
  | 'input' // a file can't be read or isn't what it should be
  | 'not-found' // the question was understood and the answer is "nothing": exit 1
  | 'permission' // the system refuses
  | 'unsupported' // this machine, kernel or file can't do it
  | 'process' // a process doesn't exist, can't be started, or ended
  | 'internal'; // a defect of rsym

export type RsymErrorDetails = {
  /** Plain cause, one line: "the kernel refused bpf (EPERM)". */
  readonly reason?: string | undefined;
  /** What to do next, one line each: a command where there is one. */
  readonly hints?: readonly string[] | undefined;
  readonly cause?: unknown;
};

/** An error a user can act on: what failed (`message`), why (`reason`), what next (`hints`). */
export class RsymError extends Error {
  readonly code: ErrorCode;
  readonly reason: string | undefined;
  readonly hints: readonly string[];

  constructor(code: ErrorCode, message: string, details: RsymErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'RsymError';
    this.code = code;
    this.reason = details.reason;
    this.hints = details.hints ?? [];
  }
}

/** Makes a new member of a union fail to compile where it isn't handled. */
export const never = (value: never): never => {
  throw new RsymError('internal', `unhandled case: ${String(value)}`);
};
