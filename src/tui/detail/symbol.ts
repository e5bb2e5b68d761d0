import { hex } from '../../base/units.ts';
import { type FunctionFacts, mostNamesakes } from '../../query/browse.ts';
import { labelledLines } from '../parts/labelled.ts';
import type { Line } from '../parts/line.ts';

const mostAliases = 8;

type Fact = { readonly label: string; readonly text: string; readonly tone?: 'warning' };

/** What the symbol table says of a function, fitted to the screen's width. */
export const symbolLines = (facts: FunctionFacts | null, columns: number): readonly Line[] => {
  if (facts === null) return [{ label: '', text: 'looking it up…', tone: 'faint' }];
  return symbolFacts(facts).flatMap(({ label, text, tone }) => labelledLines(label, text, columns, tone));
};

const symbolFacts = (facts: FunctionFacts): Fact[] => [
  { label: 'name', text: facts.name },
  ...(facts.fullName === facts.name ? [] : [{ label: 'full name', text: facts.fullName }]),
  ...(facts.raw === facts.name ? [] : [{ label: 'raw name', text: facts.raw }]),
  {
    label: facts.isInlined ? 'first copy' : 'address',
    text: facts.offset === null ? hex(facts.address) : `${hex(facts.address)}, at ${hex(facts.offset)} in the file`,
  },
  { label: 'size', text: `${facts.size} bytes${facts.size === 0n ? ' (not known)' : ''}` },
  {
    label: 'kind',
    text: facts.isInlined
      ? 'inlined only: it has no code of its own'
      : facts.kind === 'ifunc'
        ? `${facts.binding} IFUNC: a resolver, which picks the implementation at run time`
        : `${facts.binding} ${facts.kind}`,
  },
  ...(facts.section === null ? [] : [{ label: 'section', text: facts.section }]),
  { label: 'scheme', text: facts.scheme === 'none' ? 'not mangled' : facts.scheme },
  ...(facts.crate === null ? [] : [{ label: 'crate', text: facts.crate }]),
  ...(facts.namesakes.length === 0
    ? []
    : [
        {
          label: 'same name',
          text: `other functions have it: ${addresses(facts.namesakes)}`,
          tone: 'warning' as const,
        },
      ]),
  ...facts.aliases
    .slice(0, mostAliases)
    .map((alias, i): Fact => ({ label: i === 0 ? 'same code' : '', text: alias, tone: 'warning' })),
  ...(facts.aliases.length > mostAliases
    ? [{ label: '', text: `and ${facts.aliases.length - mostAliases} more` }]
    : []),
];

const addresses = (all: FunctionFacts['namesakes']): string =>
  all.slice(0, mostNamesakes).map(hex).join(', ') + (all.length > mostNamesakes ? ', …' : '');
