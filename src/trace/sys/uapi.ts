/** Numbers of the kernel's user API, x86-64. Each group names the header it comes from. */

/** asm/unistd_64.h */
export const NR = {
  sendmsg: 46,
  recvmsg: 47,
  socketpair: 53,
  ftruncate: 77,
  pipe2: 293,
  perfEventOpen: 298,
  prlimit64: 302,
  memfdCreate: 319,
  bpf: 321,
} as const;

/** bits/socket.h, asm-generic/socket.h: a local stream, and the control message that carries descriptors. */
export const SOCKET = { unix: 1, stream: 1, cloexec: 0x80000, level: 1, rights: 1 } as const;
export const MSG_NOSIGNAL = 0x4000;
export const MSG_CMSG_CLOEXEC = 0x4000_0000;
/** linux/socket.h: struct user_msghdr, and struct cmsghdr with one int behind it. */
export const MSGHDR = { size: 56, pieces: 16, pieceCount: 24, control: 32, controlLength: 40 } as const;
export const CMSG = { size: 24, length: 0, level: 8, type: 12, data: 16 } as const;

/** asm-generic/fcntl.h */
export const O_CLOEXEC = 0o2000000;

/** linux/memfd.h */
export const MFD_CLOEXEC = 1;

/** asm-generic/resource.h */
export const RLIMIT_NOFILE = 7;

/** asm-generic/mman.h */
export const PROT = { read: 1, write: 2 } as const;
export const MAP_SHARED = 1;

/** linux/bpf.h, enum bpf_cmd */
export const BPF_CMD = {
  mapCreate: 0,
  mapLookup: 1,
  mapUpdate: 2,
  mapDelete: 3,
  mapNextKey: 4,
  progLoad: 5,
  progTestRun: 10,
  objInfo: 15,
  rawTracepointOpen: 17,
  btfLoad: 18,
  mapLookupBatch: 24,
  linkCreate: 28,
} as const;

/** linux/bpf.h, enum bpf_map_type */
export const MAP_TYPE = { hash: 1, array: 2, lruHash: 9, ringbuf: 27 } as const;
/** linux/bpf.h: user space may map an array's values. */
export const MAP_FLAG_MMAPABLE = 1 << 10;
export type MapType = keyof typeof MAP_TYPE;

/** linux/bpf.h: flags of an update. */
export const UPDATE = { any: 0, noExist: 1 } as const;

/** linux/bpf.h, enum bpf_prog_type */
export const PROG_TYPE = { kprobe: 2, rawTracepoint: 17, syscall: 31 } as const;
export type ProgramType = keyof typeof PROG_TYPE;

/** linux/bpf.h, BPF_F_SLEEPABLE: a flag of programs. */
export const PROG_SLEEPABLE = 1 << 4;

/** linux/bpf.h, enum bpf_attach_type */
export const ATTACH_UPROBE_MULTI = 48;
/** linux/bpf.h: a uprobe_multi link whose program runs when the function returns. */
export const UPROBE_MULTI_RETURN = 1;

/** linux/bpf.h, ring buffer: header bits, wake-up flags and query selectors. */
export const RINGBUF = {
  busy: 0x8000_0000,
  discard: 0x4000_0000,
  headerSize: 8,
  noWakeup: 1,
  forceWakeup: 2,
  availableData: 0,
} as const;

/** linux/perf_event.h: struct perf_event_attr as of PERF_ATTR_SIZE_VER5, and a flag of perf_event_open. */
export const PERF_ATTR = { size: 112, type: 0, ownSize: 4, flags: 40, uprobePath: 56 } as const;
/** The bit of `flags` that keeps an event from counting before it is enabled. */
export const PERF_ATTR_DISABLED = 1n;
export const PERF_FLAG_FD_CLOEXEC = 8;

/** poll.h */
export const POLLIN = 1;

/** asm-generic/errno-base.h and errno.h: the ones rsym explains. */
export const ERRNO: Readonly<Record<number, string>> = {
  1: 'EPERM',
  2: 'ENOENT',
  3: 'ESRCH',
  7: 'E2BIG',
  9: 'EBADF',
  12: 'ENOMEM',
  13: 'EACCES',
  14: 'EFAULT',
  16: 'EBUSY',
  17: 'EEXIST',
  22: 'EINVAL',
  24: 'EMFILE',
  28: 'ENOSPC',
  38: 'ENOSYS',
  40: 'ELOOP',
  95: 'EOPNOTSUPP',
  524: 'ENOTSUPP',
};

export const errnoName = (errno: number): string => ERRNO[errno] ?? `errno ${errno}`;

/** asm/ptrace.h, struct pt_regs: byte offset of each register as a program on a uprobe sees it. */
export const PT_REGS = {
  r15: 0,
  r14: 8,
  r13: 16,
  r12: 24,
  rbp: 32,
  rbx: 40,
  r11: 48,
  r10: 56,
  r9: 64,
  r8: 72,
  rax: 80,
  rcx: 88,
  rdx: 96,
  rsi: 104,
  rdi: 112,
  rip: 128,
  flags: 144,
  rsp: 152,
} as const;
