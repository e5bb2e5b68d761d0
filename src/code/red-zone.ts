/**
 * So many bytes below the stack pointer are left alone by signal handlers (x86-64 System V); what is deeper may change at
 * any time.
 */
export const redZone = 128;
