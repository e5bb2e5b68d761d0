import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

const root = fileURLToPath(new URL('../../fixtures', import.meta.url));

/** One line of fixtures/MANIFEST.json; sizes in bytes, hashes in lower-case hex. */
type FixtureRecord = {
  readonly sha256: string;
  readonly size: number;
  readonly gzSha256: string;
  readonly gzSize: number;
  readonly sourceSha256: string;
  readonly compiler: string;
  readonly commands: readonly string[];
};

export const fixtureRecords: Readonly<Record<string, FixtureRecord>> = JSON.parse(
  readFileSync(join(root, 'MANIFEST.json'), 'utf8'),
).outputs;

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const isUnpacked = (path: string, sha256: string): boolean => {
  try {
    return hashOf(readFileSync(path)) === sha256;
  } catch {
    return false;
  }
};

/**
 * A folder for unpacked files in `parent`, the same one for every run of this user. Anybody may make a folder of that
 * name first where all may write: one that isn't ours alone is not used, but a fresh one for this run.
 */
export const cacheIn = (parent: string): string => {
  const uid = process.getuid?.();
  const shared = join(parent, `rsym-fixtures-${uid ?? 'user'}`);
  try {
    mkdirSync(shared, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const stats = lstatSync(shared);
  const isOurs = stats.isDirectory() && (uid === undefined || stats.uid === uid) && (stats.mode & 0o022) === 0;
  return isOurs ? shared : mkdtempSync(`${shared}-`);
};

let cacheFolder: string | undefined;

const cache = (): string => {
  cacheFolder ??= cacheIn(tmpdir());
  return cacheFolder;
};

const found = new Map<string, string>();

/**
 * Path of an executable fixture, such as `fixture('hello/debug-v0')`. Its last component is the variant's name.
 * Unpacked once per user and content; test files that run at the same time may ask for the same one.
 */
export const fixture = (key: string): string => {
  const known = found.get(key);
  if (known !== undefined) return known;
  const record = fixtureRecords[key];
  if (record === undefined) {
    throw new Error(`no fixture ${key}; there are: ${Object.keys(fixtureRecords).join(' ')}`);
  }
  const [name = '', variant = ''] = key.split('/');
  const dir = join(cache(), record.sha256);
  const path = join(dir, variant);
  if (!isUnpacked(path, record.sha256)) {
    const bytes = gunzipSync(readFileSync(join(root, name, 'out', `${variant}.gz`)));
    if (hashOf(bytes) !== record.sha256) {
      throw new Error(`fixture ${key} differs from MANIFEST.json; node scripts/fixtures.js check`);
    }
    mkdirSync(dir, { recursive: true });
    // Written aside and renamed: nobody sees half a file, and a running older copy is never written to (ETXTBSY).
    const aside = mkdtempSync(join(cache(), 'new-'));
    writeFileSync(join(aside, variant), bytes);
    chmodSync(join(aside, variant), 0o755);
    renameSync(join(aside, variant), path);
    rmSync(aside, { recursive: true });
  }
  found.set(key, path);
  return path;
};
