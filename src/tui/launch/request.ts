import { RsymError } from '../../base/errors.ts';
import type { NextProcess, WatchScope } from '../../query/watch.ts';
import { checkScope } from '../../query/watch-scope.ts';
import type { LiveRequest } from '../live/state.ts';
import { readSample, readScope } from './scope.ts';
import { filtered, hasField, type LaunchRow, type LaunchState } from './state.ts';

export type RequestFault = { readonly at: LaunchRow; readonly error: RsymError };

/** What the choices ask for; or which of them is faulty. */
export const requestOf = (launch: LaunchState): LiveRequest | RequestFault => {
  const { choice, fields, targets, children, returns } = launch;
  const scope = scopeOf(launch);
  if (scope instanceof RsymError) return { at: choice, error: scope };
  const sample = readSample(fields.sample.text);
  if (sample instanceof RsymError) return { at: 'sample', error: sample };
  const when = fields.when.text.trim();
  try {
    checkScope({ target: '', functions: targets.specs, scope, children });
  } catch (error) {
    if (!(error instanceof RsymError)) throw error;
    return { at: children ? 'children' : choice, error };
  }
  return {
    ...targets,
    scope,
    ...(returns === 'safe' ? {} : { returns }),
    ...(when === '' ? {} : { when }),
    ...(sample === undefined ? {} : { sample }),
    ...(children ? { children } : {}),
  };
};

/** The process that is marked in the list, unless several are typed or there is no list. */
const scopeOf = (launch: LaunchState): WatchScope | NextProcess | RsymError => {
  const { choice, fields, processes } = launch;
  const text = hasField(choice) ? fields[choice].text : '';
  if (choice === 'process' && !/\d[\s,]+\d/.test(text)) {
    const chosen = filtered(launch)[processes.cursor];
    if (chosen !== undefined) return { kind: 'processes', pids: [chosen.pid] };
  }
  return readScope(choice, text);
};
