import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { TypeShapes } from '../../src/abi/type-shapes.ts';
import { openDebugInfo } from '../../src/elf/debug-info.ts';
import type { DebugInfo } from '../../src/elf/debug-model.ts';
import { openImage } from '../../src/elf/open.ts';
import { describeNeeding } from '../support/need.ts';
import { run, start } from '../support/process.ts';
import { type Memory, shapeText } from '../support/shape-text.ts';
import { Temporary } from '../support/temporary.ts';
import { ownToolchain, type Toolchain, toolchains, versionOf } from './abi/toolchains.ts';

const source = readFileSync(fileURLToPath(new URL('debug-values.rs', import.meta.url)), 'utf8');

/** The program as compilers of that version take it. */
const sourceFor = (version: number): string =>
  source
    .split('\n')
    .filter((line) => Number(/\/\/ since 1\.(\d+)$/.exec(line)?.[1] ?? 0) <= version)
    .join('\n');

const functionsOf = (info: DebugInfo): Map<string, number> => {
  const found = new Map<string, number>();
  for (let id = 0; id < info.functionCount; id++) found.set(info.path(id), id);
  return found;
};

const memoryOf =
  (file: number): Memory =>
  (address, size) => {
    const bytes = Buffer.alloc(size);
    const read = size === 0 ? 0 : readSync(file, bytes, 0, size, address);
    if (read !== size) throw new Error(`${size} bytes at 0x${address.toString(16)} can't be read`);
    return bytes;
  };

/** What a hash table's order leaves to chance. */
const sorted = (name: string, text: string): string =>
  name.startsWith('v_hash_') ? text.slice(1, -1).split(', ').sort().join(', ') : text;

/**
 * Where we don't write what Rust does: a locked Mutex as text (1.95), and objects of traits that too many types have,
 * which depends on what else of the standard library is in the program.
 */
const isAlike = (name: string, rust: string, ours: string): boolean => {
  if (name === 'v_mutex_locked') return rust.replaceAll('"', '') === ours;
  if (name === 'v_ref_dyn') return ours === '<dyn core::fmt::Debug>' || ours === rust;
  if (name === 'v_io_custom')
    return ours.replace(/<dyn [\w:]+ \+ core::marker::Send \+ core::marker::Sync>/, '"text"') === rust;
  return false;
};

const compilers = toolchains().filter((toolchain): toolchain is Toolchain => !('missing' in toolchain));
if (compilers.length === 0) compilers.push(ownToolchain());

describeNeeding(['rustc', 'linux'], 'shapes of a living program', () => {
  test.for(compilers)('are what {:?} of rustc $label writes', { timeout: 180_000 }, async (toolchain) => {
    const { rustc, args, environment: env } = toolchain;
    using folder = new Temporary();
    const program = join(folder.path, 'sample');
    const main = folder.file('sample.rs', sourceFor(Number(versionOf(toolchain).release.split('.')[1])));
    run(rustc, [...args, '--edition=2021', '-g', '-Ccodegen-units=2', main, '-o', program], { env, timeout: 150_000 });

    await using process = start(program, []);
    await process.waitFor(/^end$/m);
    using image = openImage(program);
    using info = openDebugInfo(image);
    const shapes = new TypeShapes(info.types!, { depth: 8, nodes: 5000, isRedacted: null });
    const functions = functionsOf(info);
    const symbols = image.symbols();
    const row = [...symbols.functions()].find((at) => symbols.name(at) === 'sample::main');
    const file = openSync(`/proc/${process.pid}/mem`, 'r');
    try {
      const memory = memoryOf(file);
      let slide = 0n;
      let compared = 0;
      for (const line of process.stdout().split('\n')) {
        const [, name = '', address = '0', rust = ''] = /^(\w+) (\d+) (.*)$/.exec(line) ?? [];
        if (name === 'main') slide = BigInt(address) - symbols.address(row!);
        const id = functions.get(`sample::${name}`);
        if (!name.startsWith('v_') || id === undefined) continue;
        const reference = info.types!.type(info.types!.signature(info.function(id))!.parameters[0]!.type!);
        const shape = shapes.of(reference.kind === 'pointer' ? reference.target : null, name);
        const ours = shapeText(shape, memory(BigInt(address), shape.size), memory, slide);
        if (!isAlike(name, rust, ours)) expect(`${name} ${sorted(name, ours)}`).toBe(`${name} ${sorted(name, rust)}`);
        compared++;
      }
      expect(compared).toBeGreaterThan(140);
    } finally {
      closeSync(file);
    }
  });
});
