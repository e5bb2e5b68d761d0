import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

type Manifest = { readonly name: string; readonly version: string };

/**
 * A registry for npm that has just what lies in a project's `node_modules`, packed again: what the project depends on can
 * be installed elsewhere without a network. Needs `tar`. `await using registry = await OwnRegistry.start(root)`.
 */
export class OwnRegistry implements AsyncDisposable {
  readonly #server: Server;
  readonly #folders: ReadonlyMap<string, readonly string[]>;

  private constructor(root: string) {
    this.#folders = foldersOf(root);
    this.#server = createServer((request, response) => {
      const [name = '', tarball, version] = decodeURIComponent(request.url ?? '')
        .slice(1)
        .split('/-/');
      const folders = this.#folders.get(name) ?? [];
      const folder = folders.find((one) => manifestOf(one).version === version);
      if (tarball === 'tarball' && folder !== undefined) {
        response.writeHead(200, { 'content-type': 'application/octet-stream' });
        const flags = ['--exclude=./node_modules', '--transform=s,^\\.,package,', '-czf', '-', '-C', folder, '.'];
        spawn('tar', flags, { stdio: ['ignore', 'pipe', 'ignore'] }).stdout.pipe(response);
      } else if (tarball === undefined && folders.length > 0) {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify(this.#document(name, folders.map(manifestOf))));
      } else {
        response.writeHead(404, { 'content-type': 'application/json' });
        response.end('{"error":"not found"}');
      }
    });
  }

  static async start(root: string): Promise<OwnRegistry> {
    const registry = new OwnRegistry(root);
    await new Promise<void>((done) => registry.#server.listen(0, '127.0.0.1', done));
    return registry;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  #document(name: string, manifests: readonly Manifest[]): object {
    const tarball = ({ version }: Manifest): string => `${this.url}${name}/-/tarball/-/${version}`;
    const versions = manifests.map((one) => [one.version, { ...one, dist: { tarball: tarball(one) } }] as const);
    return { name, 'dist-tags': { latest: manifests.at(-1)?.version }, versions: Object.fromEntries(versions) };
  }
}

const manifestOf = (folder: string): Manifest => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

/** Folders of each package that is installed; there may be several versions of one. */
const foldersOf = (root: string): Map<string, string[]> => {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: object };
  const found = new Map<string, string[]>();
  for (const path of Object.keys(packages)) {
    const folder = join(root, path);
    // Optional ones for other systems are in the lock file only.
    if (path === '' || !existsSync(join(folder, 'package.json'))) continue;
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    found.set(name, [...(found.get(name) ?? []), folder]);
  }
  return found;
};
