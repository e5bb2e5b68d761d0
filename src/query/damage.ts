import { RsymError } from '../base/errors.ts';

/** Thrown for what is damaged in a file: that costs its own part. */
export const isDamage = (error: unknown): error is RsymError => error instanceof RsymError && error.code === 'input';
