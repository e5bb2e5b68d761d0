import { shellCommand } from '../base/shell.ts';
import { looksLikePattern } from '../query/browse-query.ts';
import { traceWords } from '../query/trace-words.ts';
import type { WatchScope } from '../query/watch.ts';
import { requestOf } from './launch/request.ts';
import type { LiveRequest } from './live/state.ts';
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
      return 'error' in request ? null : traceLine(file.path, request, null);
    }
    case 'live':
      return live === null ? null : traceLine(file.path, live.request, live.awaited);
  }
};

/** Null: no command waits for a process. Once it is there it has a number. */
const traceLine = (path: string, request: LiveRequest, awaited: number | null): string | null => {
  const { scope } = request;
  const whose: WatchScope | null =
    scope.kind !== 'next' ? scope : awaited === null ? null : { kind: 'processes', pids: [awaited] };
  return whose === null ? null : shellCommand('rsym', ...traceWords(fileWord(path), { ...request, scope: whose }));
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
