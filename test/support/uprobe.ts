import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './process.ts';

// Probes planted by hand: the kernel's tracefs and nothing of the program under test.
// Documentation/trace/uprobetracer.rst has the language of its fetch arguments.

/** A piece of a value as `show --json` prints it. */
export type PrintedPlace = {
  readonly kind: 'register' | 'stack' | 'memory' | 'constant' | 'gone';
  readonly reg: string | null;
  readonly base: string | null;
  readonly offset: number | string | null;
  readonly deref: boolean;
  readonly followed?: readonly number[];
  readonly at?: 'entry';
  readonly value?: string;
  readonly value_offset: number;
  readonly size: number;
  readonly evidence: string;
};

export type Point = {
  readonly name: string;
  /** As linked. */
  readonly address: bigint;
  /** Values to read there, by name. */
  readonly read: Readonly<Record<string, readonly PrintedPlace[]>>;
};

/** The bytes of each value, in the order of memory; null: its memory can't be read, or a piece has no place. */
export type Hit = { readonly point: string; readonly values: Readonly<Record<string, Uint8Array | null>> };

const tracefs = '/sys/kernel/tracing';

/** `rdi` is `%di`, `r8` is `%r8`. */
const register = (name: string): string => `%${name.replace(/^r(?=[a-z])/, '')}`;
const signed = (offset: number): string => (offset < 0 ? `${offset}` : `+${offset}`);

/** A register is fetched whole, and cut here; memory in steps of at most 64 bytes, the longest array there is. */
const arrayLimit = 64;

/** Where the bytes of a place are, as a fetch argument with a hole for the offset; null for what is no memory. */
const memoryOf = ({ kind, base, offset, deref, followed }: PrintedPlace): ((more: number) => string) | null => {
  if (kind === 'stack') return (more) => `${signed(Number(offset) + more)}(%sp)`;
  if (kind !== 'memory') return null;
  const steps = [Number(offset), ...(followed ?? (deref ? [0] : []))];
  return (more) =>
    steps.reduce(
      (inner, step, i) =>
        i === 0 && base === null
          ? `@+${step}`
          : `${signed(step + (i === steps.length - 1 ? more : 0))}(${i === 0 ? register(base ?? '') : inner})`,
      '',
    );
};

const fetchesOf = (place: PrintedPlace, name: string): string[] => {
  if (place.kind === 'register' && !place.reg?.startsWith('xmm')) return [`${name}_0=${register(place.reg ?? '')}:x64`];
  const at = memoryOf(place);
  if (at === null) return [];
  const parts = Math.ceil(place.size / arrayLimit);
  return Array.from({ length: parts }, (_, i) => {
    const size = Math.min(arrayLimit, place.size - i * arrayLimit);
    return `${name}_${i}=${at(i * arrayLimit)}:x8[${size}]`;
  });
};

/** Where in the file an address is, by the loadable segments; an ELF64 file of this machine. */
const fileOffset = (path: string, address: bigint): bigint => {
  const file = readFileSync(path);
  const headers = Number(file.readBigUInt64LE(32));
  const entrySize = file.readUInt16LE(54);
  for (let i = 0; i < file.readUInt16LE(56); i++) {
    const at = headers + i * entrySize;
    const [offset, start] = [file.readBigUInt64LE(at + 8), file.readBigUInt64LE(at + 16)];
    const isLoaded = file.readUInt32LE(at) === 1;
    if (isLoaded && address >= start && address < start + file.readBigUInt64LE(at + 32))
      return address - start + offset;
  }
  throw new Error(`${path} has no bytes at 0x${address.toString(16)}`);
};

const bytesOf = (places: readonly PrintedPlace[], name: string, fields: ReadonlyMap<string, string>) => {
  const size = Math.max(...places.map((place) => place.value_offset + place.size), 0);
  const value = Buffer.alloc(size);
  for (const [i, place] of places.entries()) {
    const { kind, value_offset: start, size: length } = place;
    if (kind === 'constant') {
      value.set(Buffer.from(place.value ?? '', 'hex'), start);
      continue;
    }
    const texts = fetchesOf(place, `${name}_${i}`).map((fetch) => fields.get(fetch.split('=')[0] ?? '') ?? '(fault)');
    if (texts.length === 0 || texts.some((text) => text.includes('fault'))) return null;
    const numbers = texts.flatMap((text) => [...text.matchAll(/0x[0-9a-f]+/g)].map(([digits]) => BigInt(digits)));
    if (kind === 'register') {
      const whole = Buffer.alloc(8);
      whole.writeBigUInt64LE(BigInt.asUintN(64, (numbers[0] ?? 0n) + BigInt(place.offset ?? 0)));
      value.set(whole.subarray(0, length), start);
    } else value.set(Buffer.from(numbers.map(Number)), start);
  }
  return new Uint8Array(value);
};

let runs = 0;

/**
 * Runs a program with probes planted at these points; its output, and what was hit in order. Where several points are at
 * one address each has its own hits.
 */
export const runProbed = (
  path: string,
  args: readonly string[],
  points: readonly Point[],
): { readonly status: number | null; readonly stdout: string; readonly stderr: string; readonly hits: Hit[] } => {
  const group = `rsymtest${process.pid}x${runs++}`;
  const instance = join(tracefs, 'instances', group);
  const define = (line: string): void => writeFileSync(join(tracefs, 'uprobe_events'), `${line}\n`, { flag: 'a' });
  const planted: string[] = [];
  const fieldName = (i: number): string => `v${i}`;
  mkdirSync(instance);
  try {
    for (const [i, { address, read }] of points.entries()) {
      const fetches = Object.values(read).flatMap((places, value) =>
        places.flatMap((place, piece) => fetchesOf(place, `${fieldName(value)}_${piece}`)),
      );
      const offset = fileOffset(path, address).toString(16);
      define(`p:${group}/p${i} ${path}:0x${offset} ${fetches.join(' ')}`);
      planted.push(`p${i}`);
    }
    for (const event of planted) writeFileSync(join(instance, 'events', group, event, 'enable'), '1');
    const { status, stdout, stderr } = run(path, args);
    const hits: Hit[] = [];
    for (const line of readFileSync(join(instance, 'trace'), 'utf8').split('\n')) {
      if (line.startsWith('#')) continue;
      const [, index = '', rest = ''] = /: p(\d+): \(0x[0-9a-f]+\)(.*)$/.exec(line) ?? [];
      const point = points[Number(index)];
      if (index === '' || point === undefined) continue;
      const fields = new Map(
        [...rest.matchAll(/(\w+)=(\{[^}]*\}|\S+)/g)].map(([, key = '', text = '']) => [key, text]),
      );
      const values = Object.fromEntries(
        Object.entries(point.read).map(([name, places], value) => [name, bytesOf(places, fieldName(value), fields)]),
      );
      hits.push({ point: point.name, values });
    }
    return { status, stdout, stderr, hits };
  } finally {
    for (const event of planted) {
      writeFileSync(join(instance, 'events', group, event, 'enable'), '0');
    }
    rmdirSync(instance);
    for (const event of planted) define(`-:${group}/${event}`);
  }
};

/** Little-endian integers. */
export const unsigned = (bytes: Uint8Array | null | undefined): bigint | null =>
  bytes == null ? null : bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
export const signedInteger = (bytes: Uint8Array | null | undefined): bigint | null => {
  const value = unsigned(bytes);
  return value === null ? null : BigInt.asIntN(8 * (bytes?.length ?? 0), value);
};
