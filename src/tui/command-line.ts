import { shellCommand } from '../base/shell.ts';
import { looksLikePattern } from '../query/browse-query.ts';
import { traceWords } from '../query/trace-words.ts';
import { requestOf } from './launch/request.ts';
import type { State } from './state.ts';

/** The command that answers what is on the screen, for a shell; null where there is none. */
export const commandLine = (state: State): string | null => {
  const { file, level, list, detail, launch, live } = state;
  switch (level) {
    case 'list':
      return shellCommand('rsym', 'ls', ...listWords(file.path, list.search.text.trim()));
    case 'detail':
      if (detail?.facts == null) return null;
      return shellCommand(
        ...['rsym', 'show', fileWord(file.path), detail.facts.spec],
        ...(detail.code === null ? [] : ['--asm']),
      );
    case 'launch': {
      const request = requestOf(launch);
      return 'error' in request ? null : shellCommand('rsym', ...traceWords(fileWord(file.path), request));
    }
    case 'live':
      return live === null ? null : shellCommand('rsym', ...traceWords(fileWord(file.path), live.request));
  }
};

/** A path that begins with a dash would be taken for an option. */
const fileWord = (path: string): string => (path.startsWith('-') ? `./${path}` : path);

/** A plain text is in a name somewhere; capitals count only where there are some. */
const listWords = (path: string, text: string): string[] => {
  if (text === '') return [fileWord(path)];
  if (looksLikePattern.test(text)) return [fileWord(path), text];
  const literal = text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  return [fileWord(path), `/${literal}/${text === text.toLowerCase() ? 'i' : ''}`];
};
