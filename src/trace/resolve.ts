import { type RuntimeAddress, runtimeAddress } from '../base/units.ts';
import { dlsym } from './sys/libc.ts';

/** The run-time address of a C function in this process, IFUNCs resolved by its dynamic linker; 0n if it has none. */
export const resolveHere = (name: string): RuntimeAddress => runtimeAddress(dlsym(name));
