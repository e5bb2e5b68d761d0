import { run } from '../../support/process.ts';

/** The parts of `rsym show --json` that are judged. */
export type Place = {
  readonly kind: 'register' | 'stack' | 'memory' | 'constant' | 'gone';
  readonly reg: string | null;
  readonly base: string | null;
  readonly offset: number | null;
  readonly deref: boolean | null;
  readonly value_offset: number | null;
  readonly size: number;
  readonly evidence: string;
  readonly value?: string;
  readonly reason?: string;
};
export type Answer = {
  readonly places: readonly Place[];
  readonly evidence: string | null;
  readonly note?: string | null;
};
export type ArgumentAnswer = Answer & { readonly name: string | null; readonly type: string | null };
export type Copy = {
  readonly kind: 'symbol' | 'instance' | 'inlined';
  readonly address: string;
  readonly raw: string | null;
  readonly args: readonly ArgumentAnswer[] | null;
  readonly ret: (Answer & { readonly mode: string | null }) | null;
};

const atOnce = 250;

/** The out-of-line copy that `program` (a built cli/main.js) shows for each symbol. */
export const askShow = (program: string, binary: string, symbols: readonly string[]): Map<string, Copy> => {
  const wanted = new Set(symbols);
  const copies = new Map<string, Copy>();
  for (let from = 0; from < symbols.length; from += atOnce) {
    const part = symbols.slice(from, from + atOnce);
    const { status, stdout, stderr } = run(process.execPath, [program, 'show', '--json', binary, ...part], {
      timeout: 120_000,
    });
    if (status !== 0 && status !== 1) throw new Error(`rsym show ${binary}: status ${status}\n${stderr}`);
    if (stdout === '') continue;
    const answer = JSON.parse(stdout) as { functions: { copies: Copy[] }[] };
    for (const copy of answer.functions.flatMap((fn) => fn.copies)) {
      if (copy.kind !== 'inlined' && copy.raw !== null && wanted.has(copy.raw)) copies.set(copy.raw, copy);
    }
  }
  return copies;
};
