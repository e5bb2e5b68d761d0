import { type Address, address } from '../../src/base/units.ts';
import type { DebugInfo, DebugLevel } from '../../src/elf/debug-model.ts';
import type { DebugCopy, DebugFunction, SourcePosition } from '../../src/elf/function-model.ts';
import type { DebugSignature, DebugType, DebugTypes } from '../../src/elf/type-model.ts';

/** Debug info from short descriptions: what selection and show are asked about, without a file. */
export type FakeFunction = {
  readonly path: string;
  readonly dwarfPath?: string;
  readonly linkageName?: string | null;
  readonly source?: string;
  readonly isPartial?: boolean;
  readonly nocall?: boolean;
  readonly own?: readonly FakeCopy[];
  readonly inlined?: readonly (FakeCopy & { readonly into: string; readonly at?: string })[];
  readonly signature?: Partial<DebugSignature>;
};
export type FakeCopy = { readonly key?: string; readonly start: bigint; readonly size?: bigint };

const position = (text: string): SourcePosition => {
  const [file = '', line = '0', column = '0'] = text.split(':');
  return { file, line: Number(line), column: Number(column) };
};

/** `into` of an inlined copy is another's `key`, or the path of the function whose first own copy it is. */
export const fakeDebug = (
  specs: readonly FakeFunction[],
  types: readonly DebugType[] = [],
  level: DebugLevel = 'types',
): DebugInfo => {
  const copies: DebugCopy[] = [];
  const keys = new Map<string, number>();
  const functions = specs.map((spec, id): DebugFunction => {
    const { path, linkageName = null } = spec;
    return {
      id,
      path,
      isPartial: spec.isPartial ?? false,
      dwarfPath: spec.dwarfPath ?? path,
      linkageName,
      source: spec.source === undefined ? null : position(spec.source),
      dies: [id],
      isConventionChanged: spec.nocall ?? false,
      copies: [],
    };
  });
  const add = (id: number, { key, start, size = 16n }: FakeCopy, more: Partial<DebugCopy>, fallback: string): void => {
    const copy: DebugCopy = {
      id: copies.length,
      kind: 'out-of-line',
      function: id,
      address: address(start),
      size,
      ranges: [{ start: address(start), end: address(start + size) }],
      caller: null,
      callSite: null,
      die: copies.length,
      ...more,
    };
    copies.push(copy);
    if (!keys.has(key ?? fallback)) keys.set(key ?? fallback, copy.id);
    (functions[id]!.copies as number[]).push(copy.id);
  };
  for (const [id, spec] of specs.entries()) for (const own of spec.own ?? []) add(id, own, {}, spec.path);
  for (const [id, spec] of specs.entries())
    for (const copy of spec.inlined ?? []) {
      const caller = keys.get(copy.into);
      if (caller === undefined) throw new Error(`no copy ${copy.into}`);
      add(
        id,
        copy,
        { kind: 'inlined', caller, callSite: copy.at === undefined ? null : position(copy.at) },
        `${spec.path} inlined`,
      );
    }
  const byId = new Map(types.map((type) => [type.id, type]));
  const fakeTypes: DebugTypes = {
    type: (id) => byId.get(id)!,
    signature: ({ id }) => {
      const declared = specs[id]?.signature;
      return declared ? { parameters: [], returns: null, isNoReturn: false, generics: [], ...declared } : null;
    },
    find: () => [],
    vtables: () => [],
  };
  const contains = (copy: DebugCopy, at: Address): boolean =>
    copy.ranges.some(({ start, end }) => at >= start && at < end);
  const depth = (copy: DebugCopy): number => (copy.caller === null ? 0 : 1 + depth(copies[copy.caller]!));
  const ids = (name: string): number[] =>
    functions.filter((fn) => (fn.linkageName ?? fn.dwarfPath) === name).map(({ id }) => id);
  return {
    source: level === 'none' ? null : { path: 'fake', how: 'own' },
    level,
    notes: [],
    counts: {
      outOfLine: 0,
      inlined: 0,
      deadOutOfLine: 0,
      deadInlined: 0,
      inlinedOnly: 0,
      withoutCode: 0,
      units: 1,
    },
    producers: () => [],
    functionCount: functions.length,
    copyCount: copies.length,
    function: (id) => functions[id]!,
    copy: (id) => copies[id]!,
    path: (id) => functions[id]!.path,
    dwarfPath: (id) => functions[id]!.dwarfPath,
    linkageName: (id) => functions[id]!.linkageName,
    copyCounts: (id) => ({
      outOfLine: specs[id]?.own?.length ?? 0,
      inlined: specs[id]?.inlined?.length ?? 0,
    }),
    byLinkageName: ids,
    containing: (linkage, path) =>
      functions.filter((fn) => fn.linkageName?.includes(linkage) || fn.dwarfPath.includes(path)).map(({ id }) => id),
    copiesAt: (at) => copies.filter((copy) => copy.caller === null && copy.address === at).map(({ id }) => id),
    copiesOfCrate: () => copies.filter((copy) => copy.caller === null).map(({ id }) => id),
    frames: (at) =>
      copies
        .filter((copy) => contains(copy, at))
        .sort((a, b) => depth(b) - depth(a))
        .map((copy) => ({ function: functions[copy.function]!, copy, position: null })),
    lines: () => [],
    types: level === 'types' ? fakeTypes : null,
    // Variables of a language that no calling convention is known of: places aren't asked for.
    scope: () => ({
      frameBase: [],
      variables: [],
      isExternal: false,
      isConventionChanged: false,
      isSpecified: false,
      producer: null,
      language: 'other',
    }),
    frameAddress: () => null,
    [Symbol.dispose]: () => undefined,
  };
};
