import { RsymError } from '../../base/errors.ts';
import { given } from '../detail/state.ts';
import { begun } from '../live/update.ts';
import { edit } from '../parts/field.ts';
import type { State } from '../state.ts';
import { type Area, type Step, step } from '../step.ts';
import { readScope } from './scope.ts';
import { choicesFor, type ScopeKind } from './state.ts';

const chosen = (state: State, by: number): Step => {
  const choices = choicesFor(state.file);
  const at = choices.indexOf(state.launch.choice) + by + choices.length;
  const choice = choices[at % choices.length] ?? state.launch.choice;
  return step({ ...state, launch: { ...state.launch, choice, fault: null } });
};

const begin = (state: State): Step => {
  const { detail, launch } = state;
  const read = detail && given(detail);
  if (!detail?.facts || !read?.ok) return step(state);
  const scope = readScope(launch.choice, launch.fields[launch.choice].text);
  if (scope instanceof RsymError) return step({ ...state, launch: { ...launch, fault: scope } });
  return begun(state, { title: `${detail.facts.name}${read.shown ?? ''}`, specs: [read.spec], scope });
};

/** Below the title and a line of words. */
const firstChoiceRow = 2;

/** Whose calls are to be watched, and how. */
export const launchArea: Area = {
  command: (state, name) => {
    switch (name) {
      case 'begin':
        return begin(state);
      case 'next-choice':
        return chosen(state, 1);
      case 'previous-choice':
        return chosen(state, -1);
      default:
        return step(state);
    }
  },
  edited: (state, change) => {
    const { launch } = state;
    const field = edit(launch.fields[launch.choice], change);
    const fields: Record<ScopeKind, typeof field> = { ...launch.fields, [launch.choice]: field };
    return step({ ...state, launch: { ...launch, fields, fault: null } });
  },
  scrolled: (state) => state,
  pointed: (state, row) => {
    const choice = choicesFor(state.file)[row - firstChoiceRow];
    return step(choice === undefined ? state : { ...state, launch: { ...state.launch, choice, fault: null } });
  },
  back: (state) => step({ ...state, level: 'detail' }),
};
