#!/usr/bin/env node
// The example programs under fixtures/.
//   build [NAME|NAME/VARIANT…]    compile, compress into out/, rewrite MANIFEST.json
//   build --into DIR [NAME…]      compile into DIR/NAME/VARIANT and record nothing: for trying other compilers
//   check [NAME|NAME/VARIANT…]    are sources and outputs the ones MANIFEST.json records?
//   check --rebuild [NAME…]       and does compiling again give the same bytes?
// RUSTC, CC and OBJCOPY choose the tools. Only build and --rebuild need them.
//
// A variant is rustc's flags; or, where debug info is kept, { flags, cc, then }: `cc` the C compiler's flags, `then`
// commands that change the program afterwards.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gunzipSync, gzipSync } from 'node:zlib';

const root = fileURLToPath(new URL('../fixtures', import.meta.url));
const manifestPath = join(root, 'MANIFEST.json');
const rustc = process.env.RUSTC ?? 'rustc';
const cc = process.env.CC ?? 'cc';
const objcopy = process.env.OBJCOPY ?? 'objcopy';
const programs = { rustc, cc, ar: 'ar', objcopy };

const always = '--edition 2024 --crate-type bin -C codegen-units=1 --remap-path-prefix=$PWD=.';
// Debug info of the standard library would be nine tenths of each file; .symtab stays.
const withoutDebug = '-C debuginfo=0 -C strip=debuginfo';
// What is left then is the debug info of the program itself, with what it instantiates and inlines of the library.
const withDebug = '--sysroot $PWD/stripped-sysroot';
const cFlags = '-fno-ident -fPIC -c';

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
const readJson = (path, otherwise) => (existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : otherwise);

const specs = Object.fromEntries(
  readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => [name, readJson(join(root, name, 'variants.json'))])
    .filter(([, spec]) => spec !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1)),
);

const sourcesOf = (name) => ['main.rs', ...(specs[name].rust ?? []), ...(specs[name].c ?? [])];
const gzPath = (name, variant) => join(root, name, 'out', `${variant}.gz`);

/** One hash over names and contents, so that a renamed file counts as a change. */
const sourceHash = (name) =>
  sha256(
    sourcesOf(name)
      .map((file) => `${file} ${sha256(readFileSync(join(root, name, file)))}\n`)
      .join(''),
  );

const variantOf = (name, variant) => {
  const spec = specs[name].variants[variant];
  return typeof spec === 'string' ? { flags: spec, keepsDebug: false } : { ...spec, keepsDebug: true };
};

/** The exact commands, run inside a directory that holds nothing but the sources. */
const commandsOf = (name, variant) => {
  const { crate, c = [] } = specs[name];
  const { flags, keepsDebug, cc: optionsOfC = '-O2 -g0', then = [] } = variantOf(name, variant);
  const unstable = flags.includes('symbol-mangling-version=legacy') ? ' -Z unstable-options' : '';
  const stems = c.map((file) => file.replace(/\.c$/, ''));
  // An archive, because rustc puts those before libc, and a static link takes them in order.
  const links = c.length === 0 ? '' : ` -L .${stems.map((stem) => ` -l static=${stem}`).join('')}`;
  return [
    ...stems.flatMap((stem) => [`cc ${optionsOfC} ${cFlags} -o ${stem}.o ${stem}.c`, `ar crsD lib${stem}.a ${stem}.o`]),
    `rustc --crate-name ${crate} ${always} ${keepsDebug ? withDebug : withoutDebug} ${flags}${unstable}${links} -o ${crate} main.rs`,
    ...then,
  ];
};

const outputOf = (program, args) => execFileSync(program, args, { encoding: 'utf8' }).trim();

/** The compiler's sysroot once more, its libraries without debug info. */
const stripSysroot = (folder) => {
  const target = /^host: (.*)$/m.exec(outputOf(rustc, ['-vV']))[1];
  const from = join(outputOf(rustc, ['--print', 'sysroot']), 'lib/rustlib', target);
  const to = join(folder, 'lib/rustlib', target);
  mkdirSync(join(to, 'lib'), { recursive: true });
  for (const entry of readdirSync(from)) if (entry !== 'lib') symlinkSync(join(from, entry), join(to, entry));
  for (const library of readdirSync(join(from, 'lib'))) {
    const [source, copy] = [join(from, 'lib', library), join(to, 'lib', library)];
    if (library.endsWith('.rlib')) execFileSync(objcopy, ['--strip-debug', source, copy]);
    else symlinkSync(source, copy);
  }
};

const compile = (name, variant) => {
  const dir = mkdtempSync(join(tmpdir(), 'rsym-fixture-'));
  try {
    for (const file of sourcesOf(name)) cpSync(join(root, name, file), join(dir, file));
    if (variantOf(name, variant).keepsDebug) stripSysroot(join(dir, 'stripped-sysroot'));
    for (const command of commandsOf(name, variant)) {
      const [tool, ...args] = command.replaceAll('$PWD', dir).split(' ');
      const env = { ...process.env, RUSTC_BOOTSTRAP: '1', SOURCE_DATE_EPOCH: '0', LC_ALL: 'C' };
      const { error, status } = spawnSync(programs[tool], args, { cwd: dir, env, stdio: 'inherit' });
      if (error || status !== 0)
        throw new Error(`${name}/${variant}: ${error?.message ?? `status ${status}`}: ${command}`);
    }
    const program = readFileSync(join(dir, specs[name].crate));
    for (const path of [dir, homedir(), root]) {
      if (path.length > 1 && program.includes(path)) throw new Error(`${name}/${variant} contains the path ${path}`);
    }
    return program;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
};

const versionOf = (program) => outputOf(program, ['--version']).split('\n')[0];

/** Versions of all that made an output, as its commands name them. */
const toolsOf = (key) => {
  const used = new Set(commandsOf(...key.split('/')).map((command) => command.split(' ')[0]));
  return ['rustc', 'cc', 'objcopy']
    .filter((tool) => used.has(tool))
    .map((tool) => versionOf(programs[tool]))
    .join('; ');
};

const build = (chosen) => {
  const old = readJson(manifestPath, { outputs: {} });
  const outputs = { ...old.outputs };
  for (const key of Object.keys(outputs)) if (!all.includes(key)) delete outputs[key];
  for (const key of chosen) {
    const [name, variant] = key.split('/');
    const program = compile(name, variant);
    const gz = gzipSync(program, { level: 9 });
    mkdirSync(join(root, name, 'out'), { recursive: true });
    writeFileSync(gzPath(name, variant), gz);
    outputs[key] = {
      sha256: sha256(program),
      size: program.length,
      gzSha256: sha256(gz),
      gzSize: gz.length,
      sourceSha256: sourceHash(name),
      compiler: toolsOf(key),
      commands: commandsOf(name, variant),
    };
    console.log(`${key}  ${program.length} bytes, ${gz.length} compressed`);
  }
  const sorted = Object.fromEntries(Object.entries(outputs).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(manifestPath, `${JSON.stringify({ schema: 1, outputs: sorted }, null, 2)}\n`);
};

/** What is wrong with one output, in words; nothing when all is well. */
const faultsOf = (key, record, rebuild) => {
  const [name, variant] = key.split('/');
  if (!record) return ['is not in MANIFEST.json'];
  if (!existsSync(gzPath(name, variant))) return ['has no file in out/'];
  const faults = [];
  if (record.sourceSha256 !== sourceHash(name)) faults.push('sources changed since it was built');
  if (record.commands.join('\n') !== commandsOf(name, variant).join('\n')) faults.push('commands changed since');
  const gz = readFileSync(gzPath(name, variant));
  if (sha256(gz) !== record.gzSha256) faults.push('the compressed file differs from the record');
  else if (sha256(gunzipSync(gz)) !== record.sha256) faults.push('the program differs from the record');
  if (rebuild && sha256(compile(name, variant)) !== record.sha256) {
    faults.push(`compiling again with ${versionOf(rustc)} gives other bytes (recorded: ${record.compiler})`);
  }
  return faults;
};

const check = (chosen, rebuild) => {
  const { outputs } = readJson(manifestPath, { outputs: {} });
  const faults = chosen.flatMap((key) => faultsOf(key, outputs[key], rebuild).map((fault) => `${key}: ${fault}`));
  for (const name of new Set(chosen.map((key) => key.split('/')[0]))) {
    const out = join(root, name, 'out');
    for (const file of existsSync(out) ? readdirSync(out) : []) {
      const key = `${name}/${file.replace(/\.gz$/, '')}`;
      if (!all.includes(key)) faults.push(`${name}/out/${file}: no variant of that name`);
    }
  }
  for (const fault of faults) console.error(fault);
  if (faults.length > 0) {
    console.error('to mend: node scripts/fixtures.js build');
    process.exitCode = 1;
  } else {
    console.log(`${chosen.length} fixtures are as recorded`);
  }
};

const buildInto = (chosen, folder) => {
  for (const key of chosen) {
    mkdirSync(join(folder, key, '..'), { recursive: true });
    writeFileSync(join(folder, key), compile(...key.split('/')), { mode: 0o755 });
    console.log(join(folder, key));
  }
};

const all = Object.entries(specs).flatMap(([name, { variants }]) => Object.keys(variants).map((v) => `${name}/${v}`));
const options = { rebuild: { type: 'boolean', default: false }, into: { type: 'string' } };
const {
  values: { rebuild, into },
  positionals: [verb, ...wanted],
} = parseArgs({ allowPositionals: true, options });
const chosen =
  wanted.length === 0 ? all : all.filter((key) => wanted.some((w) => w === key || key.startsWith(`${w}/`)));

if ((verb !== 'build' && verb !== 'check') || chosen.length === 0) {
  console.error('usage: node scripts/fixtures.js build [--into DIR] [NAME…] | check [--rebuild] [NAME…]');
  console.error(`names: ${all.join(' ')}`);
  process.exitCode = 2;
} else {
  try {
    if (verb === 'check') check(chosen, rebuild);
    else if (into !== undefined) buildInto(chosen, into);
    else build(chosen);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
