// What an event costs from a record's bytes to its line, without a kernel: records made here, batch after batch.
//   node bench/replay.js [DIST]      another build's folder for comparison
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { median } from './statistics.js';

const dist = resolve(process.argv[2] ?? new URL('../dist', import.meta.url).pathname);
const load = (file) => import(pathToFileURL(`${dist}/${file}`).href);
const { readRecord } = await load('trace/record.js');
const { RecordMemory } = await load('trace/record-memory.js').catch(() => ({}));
const { RecordOrder } = await load('trace/order.js');
const { Correlator } = await load('trace/correlate.js');
const { entryLayout } = await load('trace/layout.js');
const { showCall } = await load('trace/show.js');
const { CallTexts } = await load('trace/call-text.js').catch(() => ({}));
const { traceText } = await load('report/trace.js');
const { traceJson } = await load('report/trace-json.js');
const { TraceLines } = await load('report/trace-lines.js').catch(() => ({}));
const { makePalette } = await load('report/terminal-colour.js');

const limits = { string: 200, items: 100, steps: 400, blocks: 4_096 };
const batch = 800;
const rounds = 150;
const runs = 5;

const piece = (reg, at) => ({ location: { kind: 'register', reg, add: 0n }, valueOffset: at, size: 8 });
const argument = (name, type, shape, pieces) => ({
  name,
  type,
  shape,
  pieces,
  evidence: 'debug-info',
  note: null,
  candidates: [],
});
const word = (signed) => ({ kind: 'int', size: 8, signed });
const str = { kind: 'text', size: 16, behind: { data: 0, add: 0, counts: null }, length: 8, of: 'utf8' };

const site = (args) => ({
  name: 'app::function',
  path: '/bin/app',
  entry: 0n,
  entryAddress: 0x40_0010n,
  stackAdjust: 0,
  saved: [],
  returns: { mode: 'none', reason: '' },
  loopsToEntry: false,
  plan: { args, ret: { ...argument('', 'u64', word(false), [piece('rax', 0)]), mode: 'direct' } },
  after: [],
  stale: [],
  concrete: () => null,
  copy: { kind: 'symbol', address: 0x10n, caller: null, callSite: null },
});

const integers = site([
  argument('a', 'i64', word(true), [piece('rdi', 0)]),
  argument('b', 'u64', word(false), [piece('rsi', 0)]),
]);
const text = site([argument('text', '&str', str, [piece('rdi', 0), piece('rsi', 8)])]);

/** A batch as it lies in the ring: offsets as in trace/bpf/records.ts. */
const makeBatch = (layout, isText, round) => {
  const view = new DataView(new ArrayBuffer(batch * layout.size));
  for (let i = 0; i < batch; i++) {
    const at = i * layout.size;
    const number = round * batch + i;
    view.setUint32(at, 1, true);
    view.setBigUint64(at + 8, BigInt(number + 1), true);
    view.setBigUint64(at + 16, 1_000_000_000_000n + BigInt(number) * 10_000n, true);
    view.setBigUint64(at + 24, (1234n << 32n) | 1235n, true);
    view.setBigUint64(at + 32, 0x7fff_1234_5670n, true);
    view.setBigUint64(at + 56, 0x7fff_2000_0000n, true);
    Buffer.from('worker\0\0\0\0\0\0\0\0\0\0').copy(Buffer.from(view.buffer), at + 64);
    const [first, second] = layout.slots;
    if (isText) {
      view.setBigUint64(at + first.at, 0x5555_0000_1000n, true);
      view.setBigUint64(at + first.at + 8, 64n, true);
      view.setUint32(at + 40, layout.blocks + 16 + 64, true);
      view.setBigUint64(at + layout.blocks, 0x5555_0000_1000n, true);
      view.setUint32(at + layout.blocks + 8, 64, true);
      const line = `thread 1 call ${String(number).padStart(12, '0')} ${'-'.repeat(37)}`;
      Buffer.from(line.slice(0, 64)).copy(Buffer.from(view.buffer), at + layout.blocks + 16);
    } else {
      view.setBigInt64(at + first.at, BigInt(-number), true);
      view.setBigUint64(at + second.at, BigInt(number), true);
    }
  }
  return view;
};

const style = { palette: makePalette(false), origin: 999_000_000_000n, threads: true, processes: false };

const replay = (of, isText, asJson) => {
  const layout = entryLayout(of, limits);
  const layouts = { entry: () => layout, exit: () => undefined };
  const texts = asJson || CallTexts === undefined ? null : new CallTexts(of, layout, limits);
  const batches = Array.from({ length: 8 }, (_, round) => makeBatch(layout, isText, round));
  const order = new RecordOrder();
  let events = [];
  let seq = 0;
  const ended = (call) =>
    events.push(
      texts === null
        ? showCall(of, call, 'call', call, null, ++seq, limits)
        : texts.event(call, 'call', call, null, ++seq),
    );
  const correlator = new Correlator(
    { entered: () => undefined, ended, stale: () => undefined, isUnderWay: () => false },
    { tracked: () => false, exitOutcome: () => 'returned' },
  );
  const lines = asJson || TraceLines === undefined ? null : new TraceLines(style);
  const written = () => {
    if (lines === null)
      return Buffer.from(events.map((event) => (asJson ? traceJson(event) : traceText(event, style))).join(''));
    for (const event of events) lines.add(event);
    return lines.take();
  };
  let bytes = 0;
  const pass = (count) => {
    for (let round = 0; round < count; round++) {
      // As the ring gives them: one copy for a batch.
      const view = new DataView(batches[round % batches.length].buffer.slice(0));
      const memory = RecordMemory === undefined ? view : new RecordMemory(view);
      for (let i = 0; i < batch; i++) order.add(readRecord(memory, i * layout.size, layout.size, layouts));
      for (const record of order.take(true)) correlator.accept(record);
      bytes += written().length;
      events = [];
    }
  };
  pass(rounds);
  const values = Array.from({ length: runs }, () => {
    const before = process.cpuUsage();
    pass(rounds);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / (rounds * batch);
  });
  if (bytes === 0) throw new Error('nothing was written');
  return values;
};

for (const [name, of, isText, asJson] of [
  ['two integers', integers, false, false],
  ['64 bytes of text', text, true, false],
  ['64 bytes of text, JSON', text, true, true],
]) {
  const values = replay(of, isText, asJson);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  process.stdout.write(`${name}: ${median(values).toFixed(2)} µs an event (${low.toFixed(2)}–${high.toFixed(2)})\n`);
}
