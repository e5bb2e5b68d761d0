import { fstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';

/**
 * The descriptors from 3 on that this process was started with. Node marks them close-on-exec when it starts, so a
 * program gets those only that it is given by number.
 */
export type OpenFile = {
  readonly fd: number;
  /** As /proc/PID/fd names it. */
  readonly file: string;
  /** Its access mode: 0 reads, 1 writes, 2 both (O_ACCMODE). */
  readonly access: number;
};

/** An event loop's own, of which a pair of pipes is made by each of Node's threads as well. */
const ofEventLoop = /^anon_inode:\[(?:eventpoll|eventfd|io_uring)\]$/;

/** Make's pipe for its jobs: the one case where a program is commonly started with both ends of one. */
const jobserver = (env: Readonly<Record<string, string | undefined>>): readonly number[] =>
  [
    ...`${env['MAKEFLAGS'] ?? ''} ${env['CARGO_MAKEFLAGS'] ?? ''}`.matchAll(/--jobserver-(?:auth|fds)=(\d+),(\d+)/g),
  ].flatMap(([, read, write]) => [Number(read), Number(write)]);

/** Those that weren't opened by Node itself, ascending. */
export const inheritedOf = (
  open: readonly OpenFile[],
  env: Readonly<Record<string, string | undefined>>,
): readonly number[] => {
  const named = new Set(jobserver(env));
  const isPair = ({ file, access }: OpenFile): boolean =>
    /^pipe:/.test(file) && open.some((other) => other.file === file && other.access !== access);
  return open
    .filter((one) => one.fd >= 3 && !ofEventLoop.test(one.file) && (named.has(one.fd) || !isPair(one)))
    .map(({ fd }) => fd)
    .sort((a, b) => a - b);
};

const O_ACCMODE = 3;
const O_CLOEXEC = 0o2000000;

const openFiles = (): OpenFile[] =>
  readdirSync('/proc/self/fd').flatMap((name) => {
    try {
      const fd = Number(name);
      const flags = /^flags:\s*([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${name}`, 'latin1'))?.[1] ?? '0';
      const bits = Number.parseInt(flags, 8);
      // The others, if there are more than Node goes through, reach a program without being named.
      return bits & O_CLOEXEC ? [{ fd, file: readlinkSync(`/proc/self/fd/${name}`), access: bits & O_ACCMODE }] : [];
    } catch {
      return []; // the folder that is being read
    }
  });

let inherited: readonly { readonly fd: number; readonly dev: bigint; readonly ino: bigint }[] = [];

const identity = (fd: number): { dev: bigint; ino: bigint } | null => {
  try {
    const { dev, ino } = fstatSync(fd, { bigint: true });
    return { dev, ino };
  } catch {
    return null;
  }
};

/** To be called before anything is opened. A host of the library is not asked: what it has open is its own. */
export const keepInheritedFiles = (): void => {
  try {
    const own = process.channel === undefined ? -1 : Number((process.channel as { fd?: number }).fd ?? -1);
    inherited = inheritedOf(openFiles(), process.env).flatMap((fd) => {
      const its = fd === own ? null : identity(fd);
      return its ? [{ fd, ...its }] : [];
    });
  } catch {
    // Without /proc nothing is known, and nothing can be traced.
  }
};

/** Those that are still what they were. */
export const inheritedFiles = (): readonly number[] =>
  inherited.flatMap(({ fd, dev, ino }) => {
    const now = identity(fd);
    return now?.dev === dev && now.ino === ino ? [fd] : [];
  });
