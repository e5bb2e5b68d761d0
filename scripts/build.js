// Compiles src/ into dist/ and copies the built wasm core beside the compiled boundary.
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const at = (path) => `${root}${path}`;

rmSync(at('dist'), { recursive: true, force: true });
const tsc = spawnSync(process.execPath, [at('node_modules/typescript/bin/tsc'), '-p', at('tsconfig.build.json')], {
  stdio: 'inherit',
});
if (tsc.status !== 0) process.exit(tsc.status ?? 1);
for (const name of ['elfinfo.wasm']) {
  if (existsSync(at(`src/core/${name}`))) copyFileSync(at(`src/core/${name}`), at(`dist/core/${name}`));
}
chmodSync(at('dist/cli/main.js'), 0o755);
