// Compiles src/ into dist/, copies the built wasm core beside the compiled boundary, joins the command's modules, and writes the manual page.
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = resolve(process.argv[2] ?? `${root}dist`);

rmSync(out, { recursive: true, force: true });
const tsc = spawnSync(
  process.execPath,
  [`${root}node_modules/typescript/bin/tsc`, '-p', `${root}tsconfig.build.json`, '--outDir', out],
  { stdio: 'inherit' },
);
if (tsc.status !== 0) process.exit(tsc.status ?? 1);
for (const name of ['elfinfo.wasm']) {
  if (existsSync(`${root}src/core/${name}`)) copyFileSync(`${root}src/core/${name}`, `${out}/core/${name}`);
}

// Node takes about a millisecond for each of the hundreds of modules that a command needs: it loads a few files instead.
// Those of the library stay as they are.
const joined = `${out}/joined`;
await build({
  absWorkingDir: root,
  // The thread's file lies beside the command's: they share most of their modules.
  entryPoints: { main: `${out}/cli/main.js`, 'page-worker': `${out}/query/page-worker.js` },
  outdir: joined,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  packages: 'external',
  logLevel: 'warning',
});
rmSync(`${out}/cli`, { recursive: true });
renameSync(joined, `${out}/cli`);
chmodSync(`${out}/cli/main.js`, 0o755);

// The manual page, where package.json's `man` has npm look for it.
const page = spawnSync(process.execPath, [`${out}/cli/main.js`, 'man'], { encoding: 'utf8' });
if (page.status !== 0) {
  process.stderr.write(page.stderr);
  process.exit(1);
}
writeFileSync(`${out}/rsym.1`, page.stdout);
