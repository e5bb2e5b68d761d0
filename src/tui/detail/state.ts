import { RsymError } from '../../base/errors.ts';
import type { FunctionFacts } from '../../query/browse.ts';
import { readSignature } from '../../query/given-signature.ts';
import type { PageNews } from '../../query/page-model.ts';
import type { ProbeCosts } from '../../query/probe-costs.ts';
import type { ShownFunction } from '../../query/show-model.ts';
import type { ReturnsChoice } from '../../query/watch.ts';
import { emptyField, type Field } from '../parts/field.ts';
import { type CodeState, withChunk } from './code.ts';

export type DetailState = {
  readonly row: number;
  /** null until they are looked up. */
  readonly facts: FunctionFacts | null;
  /** The functions of this name, as `rsym show` has them; null until they are read. */
  readonly functions: readonly ShownFunction[] | null;
  /** On the debug info. */
  readonly notes: readonly string[];
  readonly sources: Sources | null;
  /** What probes would cost, or why there can't be any; null until that is worked out. */
  readonly costs: ProbeCosts | RsymError | null;
  /** Why nothing more is known. */
  readonly trouble: RsymError | null;
  readonly top: number;
  /** The instructions of a copy lie over the page; null: they aren't shown. */
  readonly code: CodeState | null;
  readonly signature: Field;
  /** What the field goes back to when editing is given up; null: it isn't being edited. */
  readonly before: Field | null;
  readonly fault: RsymError | null;
};

export type Sources = Pick<Extract<PageNews, { kind: 'sources' }>, 'declared' | 'called'>;

export type DetailNews =
  | { readonly kind: 'facts'; readonly facts: FunctionFacts }
  | { readonly kind: 'page'; readonly row: number; readonly news: PageNews }
  /** What was asked of the page can't be answered. */
  | { readonly kind: 'refused'; readonly row: number; readonly what: 'page' | 'costs'; readonly error: RsymError };

export type DetailAsk =
  | { readonly kind: 'inspect'; readonly row: number; readonly returns: ReturnsChoice }
  | {
      readonly kind: 'costs';
      readonly row: number;
      readonly specs: readonly string[];
      readonly returns: ReturnsChoice;
    }
  | { readonly kind: 'code'; readonly row: number; readonly spec: string; readonly copy: number }
  /** The page is closed. */
  | { readonly kind: 'leave' };

export const newDetail = (row: number, signature: Field = emptyField): DetailState => ({
  row,
  facts: null,
  functions: null,
  notes: [],
  sources: null,
  costs: null,
  trouble: null,
  top: 0,
  code: null,
  signature,
  before: null,
  fault: null,
});

/** The signature that was typed; null until the function is looked up. */
export const given = ({ facts, signature }: DetailState): ReturnType<typeof readSignature> | null => {
  if (facts === null) return null;
  if (!facts.isInlined || signature.text.trim() === '') return readSignature(signature.text, facts.name, facts.spec);
  return { ok: false, error: new RsymError('usage', 'a function that is inlined has no registers of its own') };
};

export const detailAfter = (detail: DetailState, news: DetailNews): DetailState => {
  if (news.kind === 'facts') return detail.row === news.facts.row ? { ...detail, facts: news.facts } : detail;
  if (detail.row !== news.row) return detail;
  if (news.kind === 'refused')
    return news.what === 'costs' || detail.functions !== null
      ? { ...detail, costs: news.error }
      : { ...detail, trouble: news.error };
  return withNews(detail, news.news);
};

const withNews = (detail: DetailState, news: PageNews): DetailState => {
  switch (news.kind) {
    case 'functions':
      return { ...detail, functions: news.functions, notes: news.notes };
    case 'sources':
      return { ...detail, sources: { declared: news.declared, called: news.called } };
    case 'costs':
      return { ...detail, costs: news.costs };
    case 'code':
      return detail.code?.copy === news.copy ? { ...detail, code: withChunk(detail.code, news) } : detail;
    default:
      return detail;
  }
};
