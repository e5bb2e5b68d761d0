/** What a copy's DIE holds, worked out from llvm-dwarfdump's words, and ours in the same form. */
import type { AddressRange } from '../../src/elf/function-model.ts';
import type { DebugScope, VariableLocation } from '../../src/elf/variable-model.ts';
import {
  type DumpedDie,
  dumpedConstant,
  dumpedLocations,
  dumpedRanges,
  dumpedReference,
  dumpedText,
} from './dwarfdump.ts';
import { operationsText, theirsText } from './expression-text.ts';

export type ScopeText = { readonly frameBase: readonly string[]; readonly variables: readonly string[] };

const range = ([start, end]: readonly [bigint, bigint]): string => `${start.toString(16)}-${end.toString(16)}`;
const ourRange = ({ start, end }: AddressRange): string => range([start, end]);

const ourLocation = ({ range: where, operations }: VariableLocation): string =>
  `[${where ? ourRange(where) : 'always'}: ${operationsText(operations)}]`;

export const ourScope = ({ frameBase, variables }: DebugScope): ScopeText => ({
  frameBase: frameBase.map(ourLocation),
  variables: variables.map((own) =>
    [
      own.die.toString(16),
      own.isParameter ? 'parameter' : 'variable',
      own.name,
      own.type?.toString(16),
      own.isArtificial ? 'artificial' : '',
      own.line,
      own.constant && Buffer.from(own.constant).toString('hex'),
      own.locations.map(ourLocation).join(''),
      own.block && `in ${own.block.map(ourRange).sort().join()}`,
    ].join(' '),
  ),
});

type Dies = ReadonlyMap<number, DumpedDie>;
/** Whether an address is in code of the image: what was discarded is not. */
type IsCode = (at: bigint) => boolean;

const originOf = (dies: Dies, die: DumpedDie, isOriginOnly = false): DumpedDie | undefined => {
  const origin = dumpedReference(die, 'abstract_origin');
  return dies.get(origin ?? (isOriginOnly ? null : dumpedReference(die, 'specification')) ?? -1);
};

/** A DIE and those that it is an instance of. */
const chain = (dies: Dies, die: DumpedDie, isOriginOnly = false): DumpedDie[] => {
  const next = originOf(dies, die, isOriginOnly);
  return [die, ...(next ? chain(dies, next, isOriginOnly) : [])];
};

const firstOf = <T>(links: readonly DumpedDie[], read: (die: DumpedDie) => T | null): T | null =>
  links.map(read).find((found) => found !== null) ?? null;

type Placed = { readonly die: DumpedDie; readonly block: [bigint, bigint][] | null };

const placed = (parent: DumpedDie, isCode: IsCode, block: Placed['block'] = null): Placed[] =>
  parent.children.flatMap((die) => {
    if (/^(formal_parameter|variable)$/.test(die.tag))
      return die.tag === 'variable' && die.attributes.has('declaration') ? [] : [{ die, block }];
    if (die.tag !== 'lexical_block') return [];
    const own = dumpedRanges(die)?.filter(([start, end]) => start < end && isCode(start));
    return placed(die, isCode, own ?? block);
  });

export const dumpedScope = (dies: Dies, id: number, isCode: IsCode): ScopeText => {
  const die = dies.get(id);
  if (!die) throw new Error(`no DIE at ${id.toString(16)}`);
  let frame = die;
  while (frame.tag !== 'subprogram' && frame.parent) frame = frame.parent;
  const own = placed(die, isCode);
  const root = (of: DumpedDie): DumpedDie | undefined => chain(dies, of, true).at(-1);
  const declared = chain(dies, die, true).at(-1) ?? die;
  const parameters = own.filter((one) => one.die.tag === 'formal_parameter');
  const instance = declared === die ? [] : declared.children.filter(({ tag }) => tag === 'formal_parameter');
  const ordered: Placed[] = instance.flatMap((wanted) => {
    const found = parameters.filter((one) => root(one.die) === wanted);
    return found.length > 0 ? found : [{ die: wanted, block: null }];
  });
  const more = parameters.filter((one) => !ordered.includes(one));
  const variables = own.filter((one) => one.die.tag === 'variable');
  const locations = (of: DumpedDie, name: string): string[] =>
    dumpedLocations(of, name)
      .filter(({ range: where }) => where === null || (where[0] < where[1] && isCode(where[0])))
      .map(({ range: where, text }) => `[${where ? range(where) : 'always'}: ${theirsText(text)}]`);
  return {
    frameBase: locations(frame, 'frame_base'),
    variables: [...ordered, ...more, ...variables].map((one) => {
      const links = chain(dies, one.die);
      const line = firstOf(links, (link) => link.attributes.get('decl_line') ?? null);
      return [
        one.die.offset.toString(16),
        one.die.tag === 'variable' ? 'variable' : 'parameter',
        firstOf(links, (link) => dumpedText(link, 'name')),
        firstOf(links, (link) => dumpedReference(link, 'type'))?.toString(16),
        links.some((link) => link.attributes.has('artificial')) ? 'artificial' : '',
        line,
        firstOf(links, dumpedConstant),
        locations(one.die, 'location').join(''),
        one.block && `in ${one.block.map(range).sort().join()}`,
      ].join(' ');
    }),
  };
};
