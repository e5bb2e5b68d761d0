import { factsHeight } from '../layout.ts';
import { type Edit, edit, emptyField } from '../parts/field.ts';
import { scrolledPage } from '../parts/window.ts';
import type { State } from '../state.ts';
import { type Area, type Step, step } from '../step.ts';
import { factLines } from './lines.ts';
import { type DetailNews, type DetailState, given } from './state.ts';

/** The page of a function, over the list. */
export const opened = (state: State, row: number): Step => {
  // The same function again keeps what was typed for it.
  const signature = state.detail?.row === row ? state.detail.signature : emptyField;
  const detail: DetailState = { row, facts: null, probe: null, top: 0, signature, before: null, fault: null };
  return step({ ...state, level: 'detail', detail }, { kind: 'detail', ask: { kind: 'inspect', row } });
};

const changed = (state: State, change: (detail: DetailState) => DetailState): State =>
  state.detail ? { ...state, detail: change(state.detail) } : state;

const accepted = (state: State): State =>
  changed(state, (detail) => {
    const read = given(detail);
    if (read === null) return detail;
    return read.ok
      ? { ...detail, before: null, fault: null }
      : { ...detail, before: detail.before ?? detail.signature, fault: read.error };
  });

const readyToTrace = (state: State): boolean => state.detail !== null && given(state.detail)?.ok === true;

/** A function's page, and the field for its signature. */
export const detailArea: Area = {
  command: (state, name) => {
    switch (name) {
      case 'sign':
        return step(changed(state, (detail) => ({ ...detail, before: detail.signature, fault: null })));
      case 'accept':
        return step(accepted(state));
      case 'trace':
        return step(
          readyToTrace(state)
            ? { ...state, level: 'launch', launch: { ...state.launch, fault: null } }
            : accepted(state),
        );
      default:
        return step(state);
    }
  },
  edited: (state, change: Edit) =>
    step(changed(state, (detail) => ({ ...detail, signature: edit(detail.signature, change), fault: null }))),
  scrolled: (state, motion) => {
    const count = factLines(state).length;
    return changed(state, (detail) => ({
      ...detail,
      top: scrolledPage(detail.top, motion, count, factsHeight(state)),
    }));
  },
  back: (state) =>
    step(
      state.detail?.before
        ? changed(state, (detail) => ({
            ...detail,
            signature: detail.before ?? detail.signature,
            before: null,
            fault: null,
          }))
        : { ...state, level: 'list' },
    ),
};

export const afterDetailNews = (state: State, news: DetailNews): State =>
  changed(state, (detail) => {
    if (news.kind === 'facts') return detail.row === news.facts.row ? { ...detail, facts: news.facts } : detail;
    return detail.row === news.row ? { ...detail, probe: news.probe } : detail;
  });
