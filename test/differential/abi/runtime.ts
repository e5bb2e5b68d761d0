import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../../support/process.ts';
import { Temporary } from '../../support/temporary.ts';
import type { Copy, Place } from './answers.ts';
import type { Piece } from './registers.ts';
import type { TruthEntry } from './truth.ts';

/** Bytes that a program printed of its own value; a byte whose mask is 0 may be padding. */
type Printed = { readonly bytes: Buffer; readonly mask: Buffer };
type ReadValue = Readonly<Record<string, number>>;

export type RuntimeReport = {
  /** Values of which at least one byte was compared. */
  readonly compared: number;
  readonly bytes: number;
  readonly differences: readonly string[];
  readonly notReached: readonly string[];
};

export type RuntimePlan = {
  readonly name: string;
  readonly address: string;
  readonly args: readonly (readonly Place[])[];
  readonly ret: readonly Place[];
};

const script = fileURLToPath(new URL('runtime-gdb.py', import.meta.url));
const hex = (text: string): Buffer => Buffer.from(text.slice(2), 'hex');

const printedValues = (output: string): Map<string, Printed> =>
  new Map(
    output.split('\n').flatMap((line) => {
      const [kind, name, ...rest] = line.split(' ');
      if (kind !== 'A' && kind !== 'R') return [];
      const [bytes, mask] = rest.slice(kind === 'A' ? 2 : 1);
      return [
        [kind === 'A' ? `${name} ${rest[0]}` : `${name} result`, { bytes: hex(bytes!), mask: hex(mask!) }] as const,
      ];
    }),
  );

const isPie = (binary: string): boolean => readFileSync(binary).readUInt16LE(16) === 3;

/** Reads the places while the program runs, and compares them with what it printed of itself. */
export const checkAtRuntime = (binary: string, plans: readonly RuntimePlan[]): RuntimeReport => {
  using folder = new Temporary();
  const stdout = join(folder.path, 'stdout');
  const result = join(folder.path, 'result.json');
  const plan = folder.file('plan.json', JSON.stringify({ stdout, pie: isPie(binary), functions: plans }));
  const { status, stderr } = run('gdb', ['-nx', '-batch', '-x', script, binary], {
    env: { PLAN: plan, RESULT: result },
    timeout: 120_000,
  });
  if (status !== 0) throw new Error(`gdb ${binary}: status ${status}\n${stderr}`);
  const printed = printedValues(readFileSync(stdout, 'latin1'));
  const read = JSON.parse(readFileSync(result, 'utf8')) as Record<string, { args: ReadValue[]; ret: ReadValue | null }>;
  const differences: string[] = [];
  const notReached: string[] = [];
  let compared = 0;
  let bytes = 0;
  const compare = (label: string, value: ReadValue, own: Printed | undefined): void => {
    if (own === undefined) return;
    if (value['unreadable']) differences.push(`${label}: unreadable`);
    const known = Object.entries(value).filter(([at]) => (own.mask[Number(at)] ?? 0) !== 0);
    compared += known.length > 0 ? 1 : 0;
    bytes += known.length;
    const other = known.find(([at, byte]) => own.bytes[Number(at)] !== byte);
    if (other)
      differences.push(
        `${label}: byte ${other[0]} read as 0x${other[1].toString(16)}, is 0x${own.bytes.toString('hex')}`,
      );
  };
  for (const { name } of plans) {
    const got = read[name];
    if (got === undefined) notReached.push(name);
    else {
      for (const [index, value] of got.args.entries())
        compare(`${name} argument ${index}`, value, printed.get(`${name} ${index}`));
      if (got.ret !== null) compare(`${name} result`, got.ret, printed.get(`${name} result`));
    }
  }
  return { compared, bytes, differences, notReached };
};

const asPlaces = (pieces: readonly Piece[]): Place[] =>
  pieces.map(({ reg, stack, offset, size, indirect }): Place => {
    const common = { value_offset: offset, size, evidence: 'verified' };
    if (indirect)
      return { ...common, kind: 'memory', reg: null, base: reg ?? 'rsp', offset: stack ?? 0, deref: reg === undefined };
    return reg === undefined
      ? { ...common, kind: 'stack', reg: null, base: null, offset: stack!, deref: false }
      : { ...common, kind: 'register', reg, base: null, offset: null, deref: null };
  });

/** The truth itself, to be tested against the running program. Functions that LLVM changed in more than one possible way are left out. */
export const truthPlan = (entry: TruthEntry, address: string): RuntimePlan[] => {
  const { change } = entry;
  if (change.kind === 'gone' || change.kind === 'aliased') return [];
  if (change.kind === 'changed' && (change.args.length !== 1 || change.results.length !== 1)) return [];
  const args = change.kind === 'changed' ? change.args[0]! : entry.args.map(({ pieces }) => pieces);
  const ret = change.kind === 'changed' ? change.results[0]! : entry.ret.pieces;
  return [{ name: entry.name, address, args: args.map(asPlaces), ret: entry.kind === 'async' ? [] : asPlaces(ret) }];
};

/** What was shown for a function. */
export const shownPlan = (entry: TruthEntry, copy: Copy): RuntimePlan => {
  const believed = (places: readonly Place[] | undefined): Place[] =>
    (places ?? []).filter(({ kind, evidence }) => kind !== 'gone' && ['verified', 'dwarf', 'abi'].includes(evidence));
  const left = [...(copy.args ?? [])];
  const args = entry.args.map(({ name }) => {
    const at = left.findIndex((answer) => answer.name === name);
    return at < 0 ? [] : believed(left.splice(at, 1)[0]?.places);
  });
  return {
    name: entry.name,
    address: copy.address,
    args,
    ret: entry.kind === 'async' ? [] : believed(copy.ret?.places),
  };
};
