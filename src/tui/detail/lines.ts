import { hex } from '../../base/units.ts';
import type { FunctionFacts, ProbeFacts } from '../../query/browse.ts';
import type { Line } from '../parts/line.ts';
import { wrap } from '../parts/wrap.ts';
import type { State } from '../state.ts';

const labelWidth = 12;
/** Mangled names can be as long as a book. */
const mostRows = 8;

type Fact = { readonly label: string; readonly text: string; readonly tone?: Line['tone'] };

/** What is known of the chosen function, fitted to the screen's width. */
export const factLines = ({ detail, size }: State): readonly Line[] => {
  if (detail === null) return [];
  if (detail.facts === null) return [{ label: '', text: 'looking it up…', tone: 'faint' }];
  const facts = [...symbolFacts(detail.facts), ...codeFacts(detail.probe)];
  return facts.flatMap(({ label, text, tone = 'plain' }) =>
    wrap(text, size.columns - labelWidth, mostRows).map((piece, i) => ({
      label: i === 0 ? label : '',
      text: piece,
      tone,
    })),
  );
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
  ...facts.aliases
    .slice(0, mostRows)
    .map((alias, i): Fact => ({ label: i === 0 ? 'same code' : '', text: alias, tone: 'warning' })),
  ...(facts.aliases.length > mostRows ? [{ label: '', text: `and ${facts.aliases.length - mostRows} more` }] : []),
];

const codeFacts = (probe: ProbeFacts | null): Fact[] => {
  if (probe === null) return [{ label: 'returns', text: 'looking at its code…', tone: 'faint' }];
  const others = probe.others.map(
    (other, i): Fact => ({ label: i === 0 ? 'others' : '', text: `${hex(other.address)} ${other.name}` }),
  );
  return [
    ...(probe.implementation === null ? [] : [{ label: 'watched', text: probe.implementation }]),
    'exits' in probe.returns
      ? {
          label: 'returns',
          text: `can be watched, at ${probe.returns.exits === 1 ? 'one exit' : `${probe.returns.exits} exits`}`,
        }
      : { label: 'returns', text: `can't be watched: ${probe.returns.reason}`, tone: 'warning' },
    ...(probe.loopsToEntry
      ? [{ label: 'loop', text: 'jumps back to its first instruction: hits of one call are told apart' }]
      : []),
    ...(probe.cost === null ? [] : [{ label: 'probe', text: probe.cost }]),
    ...(probe.copies > 1 ? [{ label: 'copies', text: `${probe.copies} functions have this path` }, ...others] : []),
  ];
};
