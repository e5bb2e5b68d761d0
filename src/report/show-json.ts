import { hex } from '../base/units.ts';
import type { ShowAnswer, ShownCopy, ShownFunction, ShownType } from '../query/show-model.ts';
import { jsonText } from './json.ts';
import { placeObject } from './place-json.ts';

/**
 * One document, written function by function. Sizes, offsets in types and discriminants are decimal strings, addresses
 * and file offsets `0x…`. Text is the file's own, not sanitised.
 */
export function* showDocument(answer: ShowAnswer): Generator<string> {
  const { path, debug, notes, functions } = answer;
  const head = { schema: 1, file: path, debug: { level: debug.level, source: debug.source }, notes };
  yield `${jsonText(head).slice(0, -1)},"functions":[`;
  let separator = '\n';
  for (const fn of functions) {
    yield separator + jsonText(functionObject(fn));
    separator = ',\n';
  }
  yield ']}\n';
}

const functionObject = (fn: ShownFunction): object => ({
  name: fn.name,
  signature: fn.signature?.text ?? null,
  ...(fn.signature?.isVariadic ? { variadic: true } : {}),
  ...(fn.signature?.isCut ? { parameters_incomplete: true } : {}),
  source: fn.source === null ? null : { file: fn.source.file, line: fn.source.line },
  dwarf_path: fn.dwarfPath,
  own: fn.counts.own,
  inlined: fn.counts.inlined,
  copies: fn.copies.map(copyObject),
  ...(fn.omitted === 0 ? {} : { copies_omitted: fn.omitted }),
  types: fn.types.types.map(typeObject),
  types_cut: fn.types.cut,
  notes: fn.notes,
});

const copyObject = (copy: ShownCopy): object => ({
  kind: copy.kind,
  name: copy.name,
  dwarf_path: copy.dwarfPath,
  address: hex(copy.address),
  size: String(copy.size),
  raw: copy.raw,
  ranges: copy.ranges.map(({ start, end }) => ({ start: hex(start), end: hex(end) })),
  caller: copy.callers[0]?.name ?? null,
  call_site: copy.callSite,
  callers: copy.callers.map(({ name, address, callSite }) => ({ name, address: hex(address), call_site: callSite })),
  aliases: copy.aliases,
  merged_with: copy.mergedWith,
  signature: copy.signature?.text ?? null,
  ...valuesOf(copy),
  assumptions: copy.values?.assumptions ?? [],
  probe: probeObject(copy.probe),
  ...(copy.instructions === null
    ? {}
    : {
        asm: [...copy.instructions].map(({ address, bytes, text }) => ({
          address: hex(address),
          bytes: Buffer.from(bytes).toString('hex'),
          text,
        })),
      }),
  notes: copy.notes,
});

/**
 * Arguments are where they are said to be while the instruction at `at` is about to run. Null where nobody tells what
 * they are: an empty list would say that there are none.
 */
const valuesOf = ({ signature, values }: ShownCopy): object => {
  if (values !== null) {
    const { at, args, result } = values;
    return {
      at: at === null ? null : hex(at),
      args: args.map((arg) => ({
        name: arg.name,
        type: arg.type,
        mode: arg.mode,
        places: arg.pieces.map(placeObject),
        evidence: arg.evidence,
        note: arg.note,
        ...(arg.isHidden === true ? { hidden: true } : {}),
      })),
      ret: {
        type: result.type,
        mode: result.mode === 'unknown' ? null : result.mode,
        places: result.pieces.map(placeObject),
        evidence: result.evidence,
        note: result.note,
        ...(result.bound === null ? {} : { variable: result.bound.variable, address: hex(result.bound.at) }),
      },
    };
  }
  if (signature === null) return { at: null, args: null, ret: null };
  const unknown = { places: [], evidence: null, note: 'where it is is not known' };
  const mode = signature.isNoReturn ? 'never' : signature.returnsNothing ? 'none' : null;
  return {
    at: null,
    args: signature.args.map(({ name, type }) => ({ name, type, mode: null, ...unknown })),
    ret: { type: signature.returns, mode, ...unknown, ...(mode === null ? {} : { note: null }) },
  };
};

const probeObject = (probe: ShownCopy['probe']): object => ({
  address: probe.address === null ? null : hex(probe.address),
  offset: probe.offset === null ? null : hex(probe.offset),
  cost: probe.cost,
  returns: probe.returns,
  reason: probe.reason,
  instruction: probe.instruction,
  exits: probe.exits,
  tail_jumps: probe.tailJumps.count,
  cheaper:
    probe.cheaper === null
      ? null
      : {
          address: hex(probe.cheaper.address),
          offset: hex(probe.cheaper.offset),
          rsp_delta: probe.cheaper.rspDelta,
          instruction: probe.cheaper.instruction,
          cost: probe.cheaper.cost,
        },
});

type Field = NonNullable<ShownType['fields']>[number];

const decimal = (value: bigint | null): string | null => (value === null ? null : String(value));

const fieldObject = ({ name, type, offset, bits }: Field): object => ({
  name,
  type,
  offset: String(offset),
  ...(bits === null ? {} : { bits: { offset: String(bits.offset), size: bits.size } }),
});

const typeObject = (type: ShownType): object => ({
  name: type.name,
  kind: type.kind,
  size: decimal(type.size),
  align: decimal(type.align),
  ...(type.encoding === undefined ? {} : { encoding: type.encoding }),
  ...(type.of === undefined ? {} : { of: type.of }),
  ...(type.counts === undefined ? {} : { counts: type.counts.map(decimal) }),
  ...(type.fields === undefined ? {} : { fields: type.fields.map(fieldObject) }),
  ...(type.tag == null ? {} : { tag: fieldObject(type.tag) }),
  ...(type.variants === undefined
    ? {}
    : {
        variants: type.variants.map(({ name, discriminants, fields }) => ({
          name,
          discriminants: discriminants?.map(({ low, high }) => ({ low: String(low), high: String(high) })) ?? null,
          fields: fields.map(fieldObject),
        })),
      }),
  ...(type.enumerators === undefined
    ? {}
    : { enumerators: type.enumerators.map(({ name, value }) => ({ name, value: String(value) })) }),
  ...(type.parameters === undefined ? {} : { parameters: type.parameters, returns: type.returns }),
  ...(type.isVariadic ? { variadic: true } : {}),
  ...(type.isDeclaration ? { declaration: true } : {}),
});
