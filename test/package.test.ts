import { mkdirSync, readdirSync, readFileSync, realpathSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fixture } from './support/fixtures.ts';
import { describeNeeding, testWith } from './support/need.ts';
import { OwnRegistry } from './support/own-registry.ts';
import { type Finished, run, start } from './support/process.ts';
import { Temporary } from './support/temporary.ts';
import { Terminal } from './support/terminal.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };

/** Settings that the npm which runs the tests passes on. */
const withoutNpm = Object.fromEntries(
  Object.keys(process.env)
    .filter((name) => /^npm_/i.test(name))
    .map((name) => [name, undefined]),
);

describeNeeding(['npm', 'linux', 'tar'], 'the package, installed globally where there is Node and nothing else', () => {
  let folder: Temporary;
  let prefix: string;
  /** Node, npm and a shell: no compiler, no tools. */
  let path: string;
  let packed: readonly string[];

  beforeAll(async () => {
    folder = new Temporary();
    prefix = join(folder.path, 'prefix');
    path = join(folder.path, 'bin');
    for (const made of [prefix, path]) mkdirSync(made);
    symlinkSync(process.execPath, join(path, 'node'));
    for (const tool of ['npm', 'sh']) symlinkSync(realpathSync(which(tool)), join(path, tool));
    // The build is there: tests run it. `prepare` would make it again under those that run now.
    const pack = run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder.path], {
      cwd: root,
      env: withoutNpm,
      timeout: 60_000,
    });
    expect(pack.stderr).not.toMatch(/npm error/);
    const [{ filename, files }] = JSON.parse(pack.stdout) as [{ filename: string; files: { path: string }[] }];
    packed = files.map((file) => file.path);
    await using registry = await OwnRegistry.start(root);
    const flags = ['--prefix', prefix, '--cache', join(folder.path, 'cache'), '--registry', registry.url];
    const quiet = ['--no-audit', '--no-fund', '--userconfig', '/dev/null', '--no-update-notifier'];
    const install = start('npm', ['install', '--global', ...flags, ...quiet, join(folder.path, filename)], {
      cwd: folder.path,
      env: { ...withoutNpm, HOME: folder.path },
      path,
    });
    const { status, stderr } = await install.finished;
    expect({ status, stderr }).toMatchObject({ status: 0 });
  }, 240_000);
  afterAll(() => folder[Symbol.dispose]());

  const which = (tool: string): string => run('sh', ['-c', 'command -v "$1"', 'sh', tool]).stdout.trim();
  const rsym = (...args: readonly string[]): Finished =>
    run(join(prefix, 'bin/rsym'), args, { path, env: { HOME: folder.path }, cwd: folder.path, timeout: 60_000 });

  test('what is packed: the build, the manual page, the guide, programs to try; no sources and no tests', () => {
    for (const one of [
      'dist/cli/main.js',
      'dist/core/elfinfo.wasm',
      'dist/index.d.ts',
      'dist/rsym.1',
      'docs/first-ten-minutes.md',
      'fixtures/hello/out/debug-v0.gz',
      'README.md',
    ])
      expect(packed).toContain(one);
    expect(packed.filter((one) => /^(?:src|test|wasm|bench|scripts|node_modules)\//.test(one))).toEqual([]);
  });

  test('its version, a list, a page of a function', () => {
    expect(rsym('--version')).toMatchObject({ status: 0, stdout: `${manifest.version}\n`, stderr: '' });
    const hello = fixture('hello/full-release');
    expect(rsym('ls', '--inlined', hello, 'helloworld::hello')).toMatchObject({ status: 0, stderr: '' });
    expect(rsym('show', hello, 'helloworld::hello').stdout).toContain(
      'fn helloworld::hello(i: i32, len: usize) -> i32',
    );
  });

  test('the demo lists, shows, and traces or says why it can not', () => {
    const { status, stdout } = rsym('demo');
    expect(status).toBe(0);
    expect(stdout).toContain('helloworld::hello');
  });

  test('completions and the manual page, which is where man looks for it', () => {
    expect(rsym('completions', 'bash').stdout).toContain('complete -F _rsym rsym');
    expect(readdirSync(join(prefix, 'share/man/man1'))).toEqual(['rsym.1']);
    expect(readFileSync(join(prefix, 'share/man/man1/rsym.1'), 'utf8')).toBe(rsym('man').stdout);
  });

  testWith('man')('man finds it', () => {
    const { status, stdout } = run('man', ['-M', join(prefix, 'share/man'), 'rsym'], { env: { PAGER: 'cat' } });
    expect(status).toBe(0);
    expect(stdout).toContain('look inside compiled Rust programs');
  });

  testWith('tmux')('the screen opens, shows a function, and quits', async () => {
    const command = [join(prefix, 'bin/rsym'), fixture('hello/debug-v0')];
    await using terminal = new Terminal(['/usr/bin/env', `PATH=${path}`, ...command]);
    await terminal.waitFor(/\d+ functions/);
    terminal.type('hello');
    await terminal.waitFor(/helloworld::hello/);
    terminal.press('Enter');
    await terminal.waitFor(/^returns +can be watched/m);
    terminal.type('q');
    expect(await terminal.waitForExit()).toEqual({ status: 0, signal: null });
  });

  test('the library can be imported', () => {
    const script = "import { trace } from 'rsym'; console.log(typeof trace)";
    const options = { cwd: join(prefix, 'lib'), path };
    expect(run('node', ['--input-type=module', '-e', script], options).stdout).toBe('function\n');
  });
});
