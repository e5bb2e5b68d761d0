import { dlsym } from './sys/libc.ts';

/** The run-time address of a C function in this process, IFUNCs resolved by its dynamic linker; 0n if it has none. */
export const resolveHere = (name: string): bigint => dlsym(name);
