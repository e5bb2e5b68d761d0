// Traces real programs and checks that they do what they do untraced. See README.md in this folder.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const rsym = process.env.RSYM_PROGRAM ?? join(here, '../../dist/cli/main.js');
const scratch = mkdtempSync(join(tmpdir(), 'rsym-real-'));
process.once('exit', () => rmSync(scratch, { recursive: true, force: true }));

const run = (file, args) => {
  const { status, stdout, stderr, error } = spawnSync(file, args, { maxBuffer: 1 << 28, timeout: 600_000 });
  if (error) throw error;
  return { status, stdout, stderr: stderr.toString() };
};

const timed = (work) => {
  const start = performance.now();
  return { ...work(), seconds: (performance.now() - start) / 1000 };
};

const same = (name, a, b) => {
  if (!a.equals(b)) throw new Error(`${name}: what it writes is not the same`);
};

const closing = (text) => text.match(/^rsym: \d+ calls?;.*$/m)?.[0] ?? `NO CLOSING LINE: ${text.trim()}`;

/** A command untraced, then traced; `output` gives what it wrote. */
const compared = (name, target, patterns, command, output) => {
  const plain = timed(() => run(command[0], command.slice(1)));
  const before = output(plain);
  const trace = join(scratch, 'trace');
  const traced = timed(() =>
    run(process.execPath, [rsym, 'trace', '-o', trace, target, ...patterns, '-c', command.join(' ')]),
  );
  same(name, before, output(traced));
  console.log(
    `${name}: untraced ${plain.seconds.toFixed(1)} s, with rsym's start ${traced.seconds.toFixed(1)} s; ${closing(traced.stderr)}`,
  );
  return readFileSync(trace, 'utf8');
};

const rustc = () => {
  const root = run('rustc', ['--print', 'sysroot']).stdout.toString().trim();
  const library = readdirSync(join(root, 'lib')).find((file) => file.startsWith('librustc_driver-'));
  const source = join(scratch, 'small.rs');
  writeFileSync(source, 'fn main() { println!("{}", (0..10u32).collect::<Vec<_>>().iter().sum::<u32>()); }\n');
  const built = join(scratch, 'small');
  const patterns = [
    'rustc_parse::**',
    'rustc_middle::hir::**',
    'rustc_middle::ty::util::**',
    'rustc_middle::ty::print::**',
  ];
  compared(
    'rustc',
    join(root, 'lib', library),
    patterns,
    [join(root, 'bin/rustc'), '--edition=2021', '-o', built, source],
    () => readFileSync(built),
  );
};

const ripgrep = () => {
  const rg = process.env.RG ?? join(homedir(), '.cache/rsym-corpus/rg-release/bin/rg');
  if (!existsSync(rg)) throw new Error(`no ${rg}`);
  const text = compared(
    'ripgrep',
    rg,
    ['rg::search::search_path', 'grep_regex::matcher::RegexMatcherBuilder::build_many'],
    [rg, '-n', '--sort', 'path', 'spawnSync', here],
    ({ stdout }) => stdout,
  );
  if (!text.includes('patterns: ["spawnSync"]')) throw new Error('ripgrep: the pattern is not seen');
};

const requests = 2_000;
const nameOf = (i) => `caller-${i}-${'x'.repeat(i % 50)}`;

/** All answers, in the order of the requests; some requests are under way at one time. */
const load = async (address) => {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const ask = (i) =>
    new Promise((done, fail) => {
      get(`http://${address}/greet/${nameOf(i)}`, { agent }, (response) => {
        let body = '';
        response.on('data', (chunk) => (body += chunk)).on('end', () => done(body));
      }).on('error', fail);
    });
  const answers = [];
  const start = performance.now();
  for (let i = 0; i < requests; i += 50)
    answers.push(...(await Promise.all(Array.from({ length: 50 }, (_, j) => ask(i + j)))));
  agent.destroy();
  return { answers: Buffer.from(answers.join('')), seconds: (performance.now() - start) / 1000 };
};

const server = async () => {
  const target = process.env.CARGO_TARGET_DIR ?? join(scratch, 'target');
  const built = run('cargo', [
    'build',
    '--release',
    '--manifest-path',
    join(here, 'server/Cargo.toml'),
    '--target-dir',
    target,
  ]);
  if (built.status !== 0) throw new Error(built.stderr);
  const program = join(target, 'release/server');
  const child = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    const address = await new Promise((done) => child.stdout.once('data', (text) => done(`${text}`.trim())));
    const plain = await load(address);
    const trace = join(scratch, 'server.trace');
    const traced = spawn(process.execPath, [
      rsym,
      'trace',
      '--json',
      '-o',
      trace,
      program,
      'server::*',
      '-p',
      String(child.pid),
    ]);
    let said = '';
    traced.stderr.on('data', (text) => (said += text));
    for (let i = 0; i < 600 && !said.includes('rsym: tracing'); i++) await sleep(100);
    const watched = await load(address);
    await sleep(500);
    traced.kill('SIGINT');
    await new Promise((done) => traced.once('exit', done));
    same('server', plain.answers, watched.answers);
    const events = readFileSync(trace, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const { calls, lost } = events.at(-1);
    const names = events
      .filter((event) => event.event === 'call' && event.function === 'server::greeting')
      .map(({ args, ret }) => `${args[0].value} ${ret?.value?.name ?? ''}`);
    const wanted = Array.from({ length: requests }, (_, i) => `${nameOf(i)} ${nameOf(i)}`);
    const isAll = names.sort().join('\n') === wanted.sort().join('\n');
    console.log(
      `server: ${requests} requests in ${plain.seconds.toFixed(1)} s, traced ${watched.seconds.toFixed(1)} s; ` +
        `${isAll ? 'each name and result seen once' : `NOT EACH NAME SEEN: ${names.length}, ${names[0]}`}; ${calls} calls; lost ${JSON.stringify(lost)}`,
    );
  } finally {
    child.stdin.end();
  }
};

const all = { server, rustc, ripgrep };
const chosen = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(all);
for (const name of chosen) {
  if (!Object.hasOwn(all, name)) throw new Error(`no ${name}; there are ${Object.keys(all).join(', ')}`);
  await all[name]();
}
