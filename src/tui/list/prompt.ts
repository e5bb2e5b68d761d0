import { RsymError } from '../../base/errors.ts';
import { type Edit, edit, emptyField } from '../parts/field.ts';
import type { State } from '../state.ts';
import { type Step, step } from '../step.ts';
import type { Prompt } from './state.ts';

const withPrompt = (state: State, prompt: Prompt | null): State => ({ ...state, list: { ...state.list, prompt } });

/** Asks for a file's name. */
export const prompting = (state: State, kind: Prompt['kind']): State =>
  kind === 'save' && state.list.marked.size === 0
    ? { ...state, notice: 'nothing is marked: Space marks a function' }
    : withPrompt(state, { kind, field: emptyField, exists: false, fault: null });

export const closedPrompt = (state: State): State => withPrompt(state, null);

export const editedPrompt = (state: State, change: Edit): State => {
  const { prompt } = state.list;
  if (!prompt) return state;
  const field = edit(prompt.field, change);
  const isSame = field.text === prompt.field.text;
  return withPrompt(state, { ...prompt, field, exists: isSame && prompt.exists, fault: null });
};

/** Enter: the file is written or read. */
export const accepted = (state: State): Step => {
  const { prompt, marked } = state.list;
  if (!prompt) return step(state);
  const path = prompt.field.text.trim();
  if (path === '')
    return step(withPrompt(state, { ...prompt, fault: new RsymError('usage', 'a file name is missing') }));
  if (prompt.kind === 'load') return step(state, { kind: 'list', ask: { kind: 'load', path } });
  return step(state, { kind: 'list', ask: { kind: 'save', path, rows: marked, overwrite: prompt.exists } });
};
