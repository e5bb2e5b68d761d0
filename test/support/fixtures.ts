import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
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
  const cache = join(tmpdir(), `rsym-fixtures-${process.getuid?.() ?? 'user'}`);
  const dir = join(cache, record.sha256);
  const path = join(dir, variant);
  if (!isUnpacked(path, record.sha256)) {
    const bytes = gunzipSync(readFileSync(join(root, name, 'out', `${variant}.gz`)));
    if (hashOf(bytes) !== record.sha256) {
      throw new Error(`fixture ${key} differs from MANIFEST.json; node scripts/fixtures.js check`);
    }
    mkdirSync(dir, { recursive: true });
    // Written aside and renamed: nobody sees half a file, and a running older copy is never written to (ETXTBSY).
    const aside = mkdtempSync(join(cache, 'new-'));
    writeFileSync(join(aside, variant), bytes);
    chmodSync(join(aside, variant), 0o755);
    renameSync(join(aside, variant), path);
    rmSync(aside, { recursive: true });
  }
  found.set(key, path);
  return path;
};
