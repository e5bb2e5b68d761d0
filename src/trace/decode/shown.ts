import { hex } from '../../base/units.ts';

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** `value` is the value in JSON, `text` Rust's `Debug` form of it on one line, safe on a terminal. */
export type Shown = { readonly value: JsonValue; readonly text: string };

/** Why a part isn't known. `depth`: nobody asked for it. */
export type Why = 'gone' | 'unreadable' | 'truncated' | 'redacted' | 'depth' | 'unknown';

const marks: Readonly<Record<Why, Shown>> = {
  gone: { value: { $missing: 'gone' }, text: '<gone>' },
  unreadable: { value: { $missing: 'unreadable' }, text: '<unreadable>' },
  truncated: { value: { $missing: 'truncated' }, text: '<truncated>' },
  redacted: { value: { $missing: 'redacted' }, text: '<redacted>' },
  depth: { value: { $missing: 'depth' }, text: '<depth>' },
  unknown: { value: { $missing: 'unknown' }, text: '<unknown>' },
};

export const missing = (why: Why): Shown => marks[why];

/** Memory that isn't known, and where it is. */
export const missingAt = (why: Why, address: bigint): Shown => ({
  value: marks[why].value,
  text: `<${why} ${hex(address)}>`,
});

export const nothing: Shown = { value: null, text: 'NULL' };
export const unit: Shown = { value: [], text: '()' };

export const hexBytes = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');

/** A bit pattern that the type doesn't have; `bytes` in the order of memory. */
export const invalid = (about: string, bytes: Uint8Array): Shown => ({
  value: { $bytes: hexBytes(bytes) },
  text: `<invalid ${about}>`,
});
