import type { Command } from '../keys.ts';
import { nextReturns } from '../launch/state.ts';
import { launched } from '../launch/update.ts';
import { codeHeight, factsHeight } from '../layout.ts';
import { type Edit, edit, emptyField } from '../parts/field.ts';
import { boundedTop, scrolledPage } from '../parts/window.ts';
import type { State } from '../state.ts';
import { type Area, type Step, step } from '../step.ts';
import { codeRowCount, copiesOf, newCode } from './code.ts';
import { pageOf, sectionFrom } from './page.ts';
import { type DetailNews, type DetailState, detailAfter, given, newDetail } from './state.ts';

/** The page of a function, over the list. */
export const opened = (state: State, row: number): Step => {
  // The same function again keeps what was typed for it.
  const signature = state.detail?.row === row ? state.detail.signature : emptyField;
  return step(
    { ...state, level: 'detail', detail: newDetail(row, signature) },
    { kind: 'detail', ask: { kind: 'inspect', row, returns: state.launch.returns } },
  );
};

const changed = (state: State, change: (detail: DetailState) => DetailState): State =>
  state.detail ? { ...state, detail: change(state.detail) } : state;

/** What probes cost depends on the signature and on how returns are watched. */
const withCosts = (state: State): Step => {
  const { detail } = state;
  const read = detail && given(detail);
  if (!detail || !read?.ok) return step(state);
  return step(
    changed(state, (one) => ({ ...one, costs: null })),
    { kind: 'detail', ask: { kind: 'costs', row: detail.row, specs: [read.spec], returns: state.launch.returns } },
  );
};

const accepted = (state: State): Step => {
  const { detail } = state;
  const read = detail && given(detail);
  if (!detail || !read) return step(state);
  if (!read.ok)
    return step(changed(state, (one) => ({ ...one, before: one.before ?? one.signature, fault: read.error })));
  const isOther = detail.before !== null && detail.before.text !== detail.signature.text;
  const taken = changed(state, (one) => ({ ...one, before: null, fault: null }));
  return isOther ? withCosts(taken) : step(taken);
};

const traced = (state: State): Step => {
  const { detail } = state;
  const read = detail && given(detail);
  if (!detail?.facts || !read) return step(state);
  if (!read.ok) return accepted(state);
  return launched(state, { title: detail.facts.title + (read.shown ?? ''), specs: [read.spec] });
};

/** The instructions of one of the copies; the first comes after the last. */
const withCode = (state: State, copy: number): Step => {
  const { detail } = state;
  const count = copiesOf(detail?.functions ?? null).length;
  if (!detail?.facts || count === 0) return step({ ...state, notice: 'its copies are not read yet' });
  const index = (copy + count) % count;
  return step(
    changed(state, (one) => ({ ...one, code: newCode(index) })),
    { kind: 'detail', ask: { kind: 'code', row: detail.row, spec: detail.facts.spec, copy: index } },
  );
};

const toSection = (state: State, find: (page: ReturnType<typeof pageOf>, top: number) => number): Step =>
  step(
    changed(state, (detail) => {
      const page = pageOf(detail, state.size.columns);
      const top = find(page, detail.top);
      return { ...detail, code: null, top: boundedTop(top, page.lines.length, factsHeight(state)) };
    }),
  );

const command = (state: State, name: Command): Step => {
  const code = state.detail?.code ?? null;
  switch (name) {
    case 'sign':
      return step(changed(state, (detail) => ({ ...detail, code: null, before: detail.signature, fault: null })));
    case 'accept':
      return accepted(state);
    case 'trace':
      return traced(state);
    case 'returns':
      return withCosts({ ...state, launch: { ...state.launch, returns: nextReturns(state.launch.returns) } });
    case 'code':
      return code === null ? withCode(state, 0) : step(changed(state, (detail) => ({ ...detail, code: null })));
    case 'next-copy':
      return withCode(state, code === null ? 0 : code.copy + 1);
    case 'previous-copy':
      return withCode(state, code === null ? 0 : code.copy - 1);
    case 'next-section':
      return toSection(state, (page, top) => sectionFrom(page, top, 'next'));
    case 'previous-section':
      return toSection(state, (page, top) => sectionFrom(page, top, 'previous'));
    default: {
      const section = /^section-(\d)$/.exec(name)?.[1];
      return section === undefined
        ? step(state)
        : toSection(state, (page, top) => page.starts[Number(section) - 1] ?? top);
    }
  }
};

/** A function's page, its instructions, and the field for its signature. */
export const detailArea: Area = {
  command,
  edited: (state, change: Edit) =>
    step(changed(state, (detail) => ({ ...detail, signature: edit(detail.signature, change), fault: null }))),
  scrolled: (state, motion) =>
    changed(state, (detail) => {
      const { columns } = state.size;
      if (detail.code !== null) {
        const rows = codeRowCount(detail.code, columns);
        return {
          ...detail,
          code: { ...detail.code, top: scrolledPage(detail.code.top, motion, rows, codeHeight(state)) },
        };
      }
      const count = pageOf(detail, columns).lines.length;
      return { ...detail, top: scrolledPage(detail.top, motion, count, factsHeight(state)) };
    }),
  back: (state) => {
    const { detail } = state;
    if (detail?.before)
      return step(
        changed(state, (one) => ({ ...one, signature: one.before ?? one.signature, before: null, fault: null })),
      );
    if (detail?.code) return step(changed(state, (one) => ({ ...one, code: null })));
    return step({ ...state, level: 'list' }, { kind: 'detail', ask: { kind: 'leave' } });
  },
};

export const afterDetailNews = (state: State, news: DetailNews): State =>
  changed(state, (detail) => detailAfter(detail, news));
