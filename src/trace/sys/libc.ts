import koffi from 'koffi';

/**
 * The one file that calls into libc: every system call rsym makes beyond Node's own goes through here. Calls are
 * plain: numbers and addresses in, result and errno out; what they mean is the caller's business.
 */
const libc = koffi.load(null);

const rawSyscall = libc.func('syscall', 'long', ['long', 'long', 'long', 'long', 'long', 'long', 'long']);
const rawMmap = libc.func('mmap', 'void *', ['uintptr', 'size_t', 'int', 'int', 'int', 'int64']);
const rawMunmap = libc.func('munmap', 'int', ['uintptr', 'size_t']);
const rawClose = libc.func('close', 'int', ['int']);
const rawPoll = libc.func('poll', 'int', ['void *', 'ulong', 'int']);
const rawDlsym = libc.func('dlsym', 'uintptr', ['uintptr', 'const char *']);

export type CallResult = { readonly ok: true; readonly value: number } | { readonly ok: false; readonly errno: number };

const result = (value: number): CallResult => (value < 0 ? { ok: false, errno: koffi.errno() } : { ok: true, value });

/**
 * Buffers whose address was taken. The kernel reads them through numbers that the garbage collector doesn't know, so
 * they are held here until a system call has answered for good.
 */
let held: Uint8Array[] = [];
const EAGAIN = 11;

/** `syscall(2)`; unused arguments are zero. Addresses come from {@link addressOf}, taken since the last call. */
export const syscall = (number: number, ...args: readonly (number | bigint)[]): CallResult => {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = args;
  const answer = result(Number(rawSyscall(number, a, b, c, d, e, f)));
  if (answer.ok || answer.errno !== EAGAIN) held = [];
  return answer;
};

/** Where a buffer's bytes lie, for the next system call. */
export const addressOf = (buffer: Uint8Array): bigint => {
  held.push(buffer);
  return BigInt(koffi.address(buffer) as bigint | number);
};

export const close = (fd: number): CallResult => result(rawClose(fd) as number);

/** As {@link close}, on another thread: removing many probes takes the kernel seconds. */
export const closeAsync = (fd: number): Promise<void> => new Promise((resolve) => rawClose.async(fd, () => resolve()));

/** Maps `length` bytes of `fd` at `offset`; the view is valid until {@link munmap}. */
export const mmap = (
  fd: number,
  length: number,
  protection: number,
  flags: number,
  offset: number,
): { readonly ok: true; readonly address: bigint; readonly view: ArrayBuffer } | { ok: false; errno: number } => {
  const pointer = rawMmap(0, length, protection, flags, fd, offset);
  const address = BigInt(koffi.address(pointer) as bigint | number);
  if (address === 0xffffffffffffffffn) return { ok: false, errno: koffi.errno() };
  return { ok: true, address, view: koffi.view(pointer, length) };
};

export const munmap = (address: bigint, length: number): CallResult => result(rawMunmap(address, length) as number);

/** `poll(2)` on another thread; `buffer` holds `count` pollfd structures and must outlive the call. */
export const pollAsync = (buffer: Buffer, count: number, timeoutMs: number): Promise<void> =>
  new Promise((resolve) => rawPoll.async(buffer, count, timeoutMs, () => resolve()));

/** The run-time address that this process's dynamic linker gives for a name (IFUNCs resolved); 0 if it has none. */
export const dlsym = (name: string): bigint => BigInt(rawDlsym(0, name) as bigint | number);
