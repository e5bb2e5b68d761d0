import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The path of a program in PATH; null if it isn't installed. */
export const installed = (name) => {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder || '.', name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // not in this folder
    }
  }
  return null;
};

/** The reason why a row can't be measured, or null. */
export const missingOf = (...names) => {
  const missing = names.filter((name) => installed(name) === null);
  return missing.length === 0 ? null : `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not installed`;
};

/** First line of what a program says about its version. */
export const versionOf = (name, option = '--version') => {
  const { stdout } = spawnSync(name, [option], { encoding: 'utf8' });
  return (stdout ?? '').split('\n')[0].trim();
};
