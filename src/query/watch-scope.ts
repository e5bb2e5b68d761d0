import { RsymError } from '../base/errors.ts';
import { sanitize } from '../base/text.ts';
import type { Image } from '../elf/model.ts';
import type { ProgramOutput } from '../trace/program-output.ts';
import type { Scope } from '../trace/target.ts';
import { inNestedPidNamespace } from './machine.ts';
import { splitWords } from './words.ts';

export type WatchScope =
  /** Run TARGET itself with these arguments. */
  | { readonly kind: 'run'; readonly args: readonly string[] }
  /** Run another command, split into words. */
  | { readonly kind: 'command'; readonly line: string }
  | { readonly kind: 'processes'; readonly pids: readonly number[] }
  /** Every process that runs TARGET. */
  | { readonly kind: 'everywhere' };

/** Of a trace alone: only the first process that isn't there yet and calls what is watched; it ends with that process. */
export type NextProcess = { readonly kind: 'next' };

/** What requests to watch something have in common. */
type Request = {
  /** A file, or a library's short name such as `libc`. */
  readonly target: string;
  readonly functions: readonly string[];
  readonly scope: WatchScope;
  readonly children?: boolean;
  /** Where a started program's output goes. */
  readonly output?: ProgramOutput;
};

/** Throws RsymError `usage` where it isn't said what is to be watched. */
export const checkScope = (request: Omit<Request, 'scope'> & { readonly scope: WatchScope | NextProcess }): void => {
  if (request.children && request.scope.kind === 'everywhere') {
    throw new RsymError('usage', 'children of which process?', {
      reason: 'without a process or a command every process is traced',
      hints: ['-p PID --children', '--children -- ARGS'],
    });
  }
  if (request.children && request.scope.kind === 'next') {
    throw new RsymError('usage', 'children of a process that is waited for are not watched', {
      reason: 'it is found by its first call, and may have started others before',
      hints: ['every process that runs it'],
    });
  }
  if (request.functions.length === 0) throw new RsymError('usage', 'no function is named');
};

/** Whose files decide what is planned: a process that has not begun has none to look at, as where every one is watched. */
export const plannedScope = (scope: WatchScope | NextProcess): WatchScope =>
  scope.kind === 'next' ? { kind: 'everywhere' } : scope;

/** Throws RsymError `unsupported` where nothing of a file can be probed on any machine. */
export const checkFile = (image: Image): void => {
  if (image.format !== 'elf' || image.machine !== 'x86-64' || image.bits !== 64) {
    throw new RsymError('unsupported', `cannot trace ${sanitize(image.path)}`, {
      reason: `this version traces 64-bit x86 ELF programs; it is ${image.format}, ${image.machine}${image.bits === 32 ? ', 32 bits' : ''}`,
    });
  }
  if (image.type !== 'executable' && image.type !== 'pie' && image.type !== 'shared') {
    throw new RsymError('unsupported', `cannot trace ${sanitize(image.path)}`, {
      reason: `nothing runs it: it is a ${image.type} file`,
    });
  }
};

/** The same where this machine can't probe it either. */
export const checkImage = (image: Image): void => {
  checkFile(image);
  if (inNestedPidNamespace()) {
    throw new RsymError('unsupported', 'cannot trace from inside a PID namespace', {
      reason: "the kernel's probes know processes by other numbers than this container does",
      hints: ['run rsym on the host'],
    });
  }
  if (process.arch !== 'x64' || process.platform !== 'linux') {
    throw new RsymError('unsupported', 'tracing needs Linux on x86-64', {
      reason: `this is ${process.platform} on ${process.arch}`,
    });
  }
};

/** The scope in the backend's words. `path`: the file that TARGET means. */
export const scopeOf = (request: Request, path: string): Scope => {
  const output = request.output ?? 'stderr';
  switch (request.scope.kind) {
    case 'run':
      return { kind: 'launch', command: { file: path, name: request.target, args: request.scope.args, output } };
    case 'command': {
      const [file = '', ...args] = splitWords(request.scope.line);
      return { kind: 'launch', command: { file, name: file, args, output } };
    }
    case 'processes':
    case 'everywhere':
      return request.scope;
  }
};
