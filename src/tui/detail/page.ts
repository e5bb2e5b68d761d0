import type { Line } from '../parts/line.ts';
import { type Section, sectionsOf } from './sections.ts';
import type { DetailState } from './state.ts';

export type Page = {
  readonly lines: readonly Line[];
  /** Where each section begins. */
  readonly starts: readonly number[];
};

type Known = Pick<DetailState, 'facts' | 'functions' | 'notes' | 'sources' | 'costs' | 'trouble'>;
type Made = { readonly columns: number; readonly known: Known; readonly page: Page };

/** The page last made: it serves every frame until something else is known. */
let last: Made | null = null;

/** All lines of a function's page, each section under its title. */
export const pageOf = (detail: DetailState, columns: number): Page => {
  if (last !== null && last.columns === columns && isSame(last.known, detail)) return last.page;
  const page = joined(sectionsOf(detail, columns));
  last = { columns, known: detail, page };
  return page;
};

const isSame = (a: Known, b: Known): boolean =>
  a.facts === b.facts &&
  a.functions === b.functions &&
  a.notes === b.notes &&
  a.sources === b.sources &&
  a.costs === b.costs &&
  a.trouble === b.trouble;

const joined = (sections: readonly Section[]): Page => {
  const lines: Line[] = [];
  const starts: number[] = [];
  for (const [i, { title, lines: own }] of sections.entries()) {
    if (i > 0) lines.push({ label: '', text: '', tone: 'plain' });
    starts.push(lines.length);
    lines.push({ label: '', text: `[${i + 1}] ${title}`, tone: 'title' }, ...own);
  }
  return { lines, starts };
};

/** The first line of the section after, or before, the one that `top` is in. */
export const sectionFrom = ({ starts }: Page, top: number, way: 'next' | 'previous'): number =>
  (way === 'next' ? starts.find((start) => start > top) : starts.findLast((start) => start < top)) ?? top;
