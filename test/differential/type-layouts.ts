import type { DebugInfo } from '../../src/elf/debug-model.ts';
import type { DebugType, DebugTypes, Member, TypeId } from '../../src/elf/type-model.ts';
import { type GdbField, type GdbLayout, gdbLayouts, printedLayout } from './gdb-types.ts';
import { sample } from './seeded.ts';

/** Types that a type is made of. */
export const referredTypes = (type: DebugType): (TypeId | null)[] => {
  switch (type.kind) {
    case 'pointer':
    case 'qualifier':
      return [type.target];
    case 'struct':
    case 'union':
      return [
        ...[...type.members, ...type.bases, ...(type.variants?.of ?? []).map(({ member }) => member)].map(
          (m) => m.type,
        ),
        type.variants?.tag?.type ?? null,
      ];
    case 'array':
      return [type.element];
    case 'function':
      return [...type.parameters, type.returns];
    case 'enumeration':
      return [type.base];
    default:
      return [];
  }
};

/** Every type that can be reached from what functions take and return. */
export const reachedTypes = (info: DebugInfo, types: DebugTypes): Map<TypeId, DebugType> => {
  const reached = new Map<TypeId, DebugType>();
  const waiting: TypeId[] = [];
  const add = (id: TypeId | null): void => {
    if (id === null || reached.has(id)) return;
    const type = types.type(id);
    reached.set(id, type);
    waiting.push(id);
  };
  for (let id = 0; id < info.functionCount; id++) {
    const signature = types.signature(info.function(id));
    for (const parameter of signature?.parameters ?? []) add(parameter.type);
    add(signature?.returns ?? null);
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      for (const other of referredTypes(reached.get(next) as DebugType)) add(other);
    }
  }
  return reached;
};

/** One line for each fact in which both sides could differ. */
type Facts = readonly string[];

const memberFact = (path: string, bits: bigint, size: bigint, bitSize: number): string =>
  `${path} at ${bits / 8n}${bits % 8n === 0n ? '' : `:${bits % 8n}`}, ${bitSize > 0 ? `${bitSize} bits` : `${size} bytes`}`;

/** gdb writes an enumerator with its path, and an unsigned one of 64 bits as if it had a sign. */
const enumeratorFact = (name: string | null, value: bigint, size: bigint | null): string =>
  `${(name ?? '').replace(/^.*::/, '')} = ${BigInt.asUintN(Number(size ?? 8n) * 8, value)}`;

/** States of a coroutine are members called 0, 1, …; what they are is their type's name. */
const variantName = ({ name, type }: GdbField): string =>
  /^\d+$/.test(name ?? '') ? (type ?? '').replace(/^.*::/, '') : (name ?? '');

/** gdb gives an array without a known count (C's `tail[]`) the size 0. */
const memberSize = (types: DebugTypes, { type }: Member): bigint =>
  type === null ? 0n : (types.type(type).size ?? 0n);

const ourMember = (types: DebugTypes, path: string, member: Member): string => {
  const size = memberSize(types, member);
  return memberFact(path, member.bits?.offset ?? member.offset * 8n, size, member.bits?.size ?? 0);
};

const ourFacts = (types: DebugTypes, type: DebugType): Facts => {
  const facts = [`size ${type.size}`];
  if (type.kind === 'enumeration') {
    for (const { name, value } of type.enumerators) facts.push(enumeratorFact(name, value, type.size));
  } else if (type.kind === 'struct' || type.kind === 'union') {
    for (const member of [...type.bases, ...type.members])
      facts.push(ourMember(types, `.${member.name ?? ''}`, member));
    if (type.variants?.tag) facts.push(ourMember(types, 'tag', type.variants.tag));
    for (const { name, member } of type.variants?.of ?? []) {
      facts.push(ourMember(types, `::${name ?? ''}`, member));
      const payload = member.type === null ? null : types.type(member.type);
      if (payload?.kind !== 'struct') continue;
      for (const field of payload.members) facts.push(ourMember(types, `::${name ?? ''}.${field.name ?? ''}`, field));
    }
  }
  return facts;
};

const gdbFacts = (type: DebugType, { size, fields }: Exclude<GdbLayout, { error: string }>): Facts => {
  const facts = [`size ${size}`];
  const hasVariants = (type.kind === 'struct' || type.kind === 'union') && type.variants !== null;
  const fact = (path: string, field: GdbField): void => {
    facts.push(memberFact(path, BigInt(field.bits ?? 0), BigInt(field.size), field.bitSize));
  };
  for (const field of fields) {
    if (field.value !== undefined) facts.push(enumeratorFact(field.name, BigInt(field.value), BigInt(size)));
    else if (!hasVariants) fact(`.${field.name ?? ''}`, field);
    else if (field.artificial) fact('tag', field);
    else {
      fact(`::${variantName(field)}`, field);
      for (const inner of field.fields ?? []) fact(`::${variantName(field)}.${inner.name ?? ''}`, inner);
    }
  }
  return facts;
};

/** What `ptype /o` prints itself, where it prints a plain struct. */
const printedFaults = (types: DebugTypes, type: DebugType, text: string): string[] => {
  const printed = printedLayout(text);
  const faults = printed.total !== null && BigInt(printed.total) !== type.size ? [`printed size ${printed.total}`] : [];
  if (type.kind !== 'struct' || type.variants !== null || type.members.some(({ bits }) => bits !== null)) return faults;
  const ours = type.members.map((m) => `${m.offset},${memberSize(types, m)}`);
  const theirs = printed.members.map(([offset, size]) => `${offset},${size}`);
  if (ours.join(' ') !== theirs.join(' ')) faults.push(`printed members ${theirs.join(' ')}; ours ${ours.join(' ')}`);
  return faults;
};

/** Where a unit has nothing but a declaration, gdb may find that one. */
const isUnknown = (layout: GdbLayout, { size }: DebugType): layout is { readonly error: string } =>
  'error' in layout || (layout.size === 0 && layout.fields.length === 0 && size !== 0n);

export type TypeDifference = { readonly name: string; readonly id: TypeId; readonly faults: readonly string[] };

/** Names that several different layouts have: gdb gives one of them, and nothing says which. */
const ambiguous = (types: DebugTypes, reached: ReadonlyMap<TypeId, DebugType>): Set<string> => {
  const seen = new Map<string, string>();
  const names = new Set<string>();
  for (const type of reached.values()) {
    if (type.kind !== 'struct' && type.kind !== 'union' && type.kind !== 'enumeration') continue;
    const facts = ourFacts(types, type).join('\n');
    const known = seen.get(type.name);
    if (known !== undefined && known !== facts) names.add(type.name);
    seen.set(type.name, facts);
  }
  return names;
};

export const compareTypes = (
  info: DebugInfo,
  types: DebugTypes,
  file: string,
  count: number,
  random: () => number,
): { compared: number; unknown: string[]; reached: number; ambiguous: number; differences: TypeDifference[] } => {
  const reached = reachedTypes(info, types);
  const unclear = ambiguous(types, reached);
  const candidates = new Map<string, DebugType>();
  for (const type of reached.values()) {
    const isNamed = type.kind === 'struct' || type.kind === 'union' || type.kind === 'enumeration';
    const isDeclared = (type.kind === 'struct' || type.kind === 'union') && type.isDeclaration;
    if (isNamed && !isDeclared && type.name !== '' && !unclear.has(type.name)) candidates.set(type.name, type);
  }
  const chosen = sample([...candidates.values()], count, random);
  const layouts = gdbLayouts(
    file,
    chosen.map(({ name }) => name),
  );
  const differences = chosen.flatMap((type): TypeDifference[] => {
    const layout = layouts[type.name];
    if (layout === undefined || isUnknown(layout, type)) return [];
    const [ours, theirs] = [ourFacts(types, type), gdbFacts(type, layout)];
    const faults = [
      ...ours.filter((fact) => !theirs.includes(fact)).map((fact) => `rsym alone: ${fact}`),
      ...theirs.filter((fact) => !ours.includes(fact)).map((fact) => `gdb alone: ${fact}`),
      ...printedFaults(types, type, layout.text),
    ];
    return faults.length === 0 ? [] : [{ name: type.name, id: type.id, faults }];
  });
  const unknown = chosen.flatMap((type) => {
    const layout = layouts[type.name];
    if (layout !== undefined && !isUnknown(layout, type)) return [];
    return [`${type.name}: ${layout?.error ?? 'a declaration'}`];
  });
  const compared = chosen.length - unknown.length;
  return { compared, unknown, reached: reached.size, ambiguous: unclear.size, differences };
};
