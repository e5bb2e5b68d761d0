import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { rsym } from './support/cli.ts';
import { fixture } from './support/fixtures.ts';
import { run } from './support/process.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What a script prints that imports the package by its name, as a user's would. */
const scriptOutput = (script: string): unknown => {
  const { status, stdout, stderr } = run(process.execPath, ['--input-type=module', '-e', script], { cwd: root });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout);
};

test('the library lists what the command lists', () => {
  const path = fixture('hello/debug-v0');
  const names = scriptOutput(`
    import { list, openForListing, parsePattern } from 'rsym';
    const image = openForListing(${JSON.stringify(path)});
    const names = [];
    for (const { table, rows } of list(image, { patterns: [parsePattern('helloworld::**')] }, () => {}))
      for (const row of rows) names.push(table.name(row));
    console.log(JSON.stringify(names));
  `);
  const document = JSON.parse(rsym(['ls', '--json', path, 'helloworld::**']).stdout);
  expect(names).toEqual(document.symbols.map((symbol: { name: string }) => symbol.name));
  expect(names).toContain('helloworld::hello');
});

test('it demangles, plans a trace, and examines the machine, without printing anything', () => {
  const answers = scriptOutput(`
    import { demangle, examine, planWatch, toText } from 'rsym';
    const watch = process.platform === 'linux' && process.arch === 'x64'
      ? planWatch({ target: ${JSON.stringify(fixture('hello/debug-v0'))}, functions: ['hello'], scope: { kind: 'everywhere' } })
      : { functions: [{ name: 'helloworld::hello' }] };
    console.log(JSON.stringify([
      toText(demangle(['_RNvC1a1b'])[0]).name,
      watch.functions.map(({ name }) => name),
      typeof (await examine()).machine.release,
    ]));
  `);
  expect(answers).toEqual(['a::b', ['helloworld::hello'], 'string']);
});
