import { displayWidth } from '../../report/terminal-width.ts';
import { hintsFor } from '../keys.ts';
import { focusedField, modeOf, type State } from '../state.ts';

/** The last line: the keys that matter most here, as many as fit. */
export const hintsText = (state: State): string => {
  const mode = modeOf(state);
  const field = focusedField(state);
  const hints = [...hintsFor(mode, field?.text === '')];
  if (field !== null) hints.push({ keys: 'F1', help: 'help' }, { keys: 'Ctrl-C', help: 'quit' });
  const shown: string[] = [];
  const seen = new Set<string>();
  let used = 0;
  for (const { keys, help } of hints) {
    if (seen.has(help)) continue;
    seen.add(help);
    const text = `${keys} ${help}`;
    used += displayWidth(text) + (shown.length > 0 ? 3 : 0);
    if (used > state.size.columns) break;
    shown.push(text);
  }
  return shown.join(' · ');
};
