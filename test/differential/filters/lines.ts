/** What the program says of a condition: it holds, it doesn't, nothing can be said, or it can't tell itself. */
export type Answer = 'T' | 'F' | 'U' | '?';

/** A call as the program printed it; times in ns of CLOCK_MONOTONIC. */
export type Line = { readonly began: bigint; readonly ended: bigint; readonly answers: readonly Answer[] };

/** The lines of one function. */
export const readLines = (text: string, name: string): Line[] =>
  text.split('\n').flatMap((line) => {
    const [function_, began, ended, answers = ''] = line.split(' ');
    if (function_ !== name || began === undefined || ended === undefined) return [];
    return [{ began: BigInt(began), ended: BigInt(ended), answers: [...answers] as Answer[] }];
  });

type Shown = { readonly name: string; readonly value: unknown; readonly evidence: string };

type CallEvent = {
  readonly event: 'call';
  readonly ts_ns: string;
  readonly args: readonly Shown[];
  readonly ret: Shown | null;
  readonly outcome: string;
  readonly duration_ns: string | null;
};

/** A call as rsym told it: when it began, and which of its values are known in full. */
export type ToldCall = { readonly time: bigint; readonly known: ReadonlySet<string> };

const isWhole = ({ value, evidence }: Shown): boolean =>
  !['raw', 'conflict', 'gone'].includes(evidence) && !/"\$(missing|items)"/.test(JSON.stringify(value) ?? '');

/** The calls of a trace, and its last event. */
export const readEvents = (text: string): { readonly calls: readonly ToldCall[]; readonly end: EndEvent | null } => {
  const events = text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as CallEvent | EndEvent | { readonly event: 'note' });
  const calls = events.flatMap((event): ToldCall[] => {
    if (event.event !== 'call') return [];
    const known = event.args.filter(isWhole).map(({ name }) => name);
    if (event.ret !== null && isWhole(event.ret)) known.push('ret');
    if (event.duration_ns !== null) known.push('duration');
    return [{ time: BigInt(event.ts_ns), known: new Set(known) }];
  });
  return { calls, end: events.find((event): event is EndEvent => event.event === 'end') ?? null };
};

export type EndEvent = {
  readonly event: 'end';
  readonly lost: Readonly<Record<string, number>>;
  /** Calls of which it couldn't be told whether they were wanted, by the reason. */
  readonly left_out?: { readonly undecided: Readonly<Record<string, number>> };
};

export const undecidedIn = (end: EndEvent | null): number =>
  Object.values(end?.left_out?.undecided ?? {}).reduce((sum, calls) => sum + calls, 0);
