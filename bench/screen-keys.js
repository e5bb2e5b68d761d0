// The screen on a file, in process: no terminal, but all that leads to the bytes a terminal is sent.
//   node bench/screen-keys.js FILE [--expect TEXT]
// Types, moves, opens a function and goes back, a key every few milliseconds; prints milliseconds as JSON: from the start
// of the process to the first frame, and for each key from when it was due to its frame.
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

process.env.NODE_ENV = 'production';
const { Browser, openForBrowsing } = await import('../dist/query/browse.js');
const { Controller } = await import('../dist/tui/controller.js');
const { makeTheme } = await import('../dist/tui/parts/theme.js');
const { Painter } = await import('../dist/tui/terminal/painter.js');
const { mount } = await import('../dist/tui/view.js');

const [path] = process.argv.slice(2);
const size = { columns: 160, rows: 50 };
const painter = new Painter();
const theme = makeTheme(true);
const browser = new Browser(openForBrowsing(path));
let bytes = 0;
const fail = (error) => {
  throw error;
};
const view = mount(
  (frame) => {
    bytes += Buffer.byteLength(painter.paint(frame, size));
  },
  () => theme,
  (row) => browser.entry(row),
  fail,
);
const controller = new Controller(browser, size, {
  draw: (state) => view.draw(state),
  forget: () => painter.forget(),
  quit: () => undefined,
  suspend: () => undefined,
  fail,
});
controller.draw();
const firstPaint = performance.now();

const key = (name) => ({ kind: 'key', name });
const text = (letters) => [...letters].map((letter) => ({ kind: 'text', text: letter }));
const repeated = (name, times) => Array.from({ length: times }, () => key(name));

/** How long this thread had to wait for a processor so far, in ms: others may be busy. */
const delayed = () => {
  try {
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[1]) / 1e6;
  } catch {
    return 0;
  }
};

/** A key is due every `gap` ms, whether the one before is answered or not. */
const pressed = async (keys, gap) => {
  const [times, own] = [[], []];
  const start = performance.now() + gap;
  for (const [i, one] of keys.entries()) {
    const due = start + i * gap;
    await wait(Math.max(0, due - performance.now() - 1));
    const before = delayed();
    while (performance.now() < due);
    const from = performance.now();
    controller.keys([one]);
    const now = performance.now();
    times.push(now - due);
    own.push(now - from - (delayed() - before));
  }
  return { times, own };
};

/** Until what was begun is done. */
const settled = async () => {
  const begun = performance.now();
  for (let i = 0; i < 6_000; i++) {
    const { searching, tree, debugNote } = controller.state.list;
    if (!searching && debugNote === null && tree?.isWhole !== false) break;
    await wait(5);
  }
  return performance.now() - begun;
};

const gap = 60;
const walks = {
  // At once, while debug info is being read.
  'typing at once': [...text('mir::pretty'), ...repeated('backspace', 11)],
  typing: [...text('mir::pretty'), ...repeated('backspace', 4)],
  'typing what is alike': text('wrtmirfn'),
  moving: [...repeated('down', 30), ...repeated('page-down', 10), ...repeated('page-up', 10), ...repeated('up', 10)],
  'marks and orders': [key('ctrl-space'), key('ctrl-space'), ...repeated('ctrl-o', 5)],
  tree: [key('ctrl-t'), ...repeated('down', 10), key('right'), ...repeated('down', 10), key('left'), key('ctrl-t')],
};
const result = { firstPaint, bytes, keys: {}, own: {}, settled: {} };
for (const [name, keys] of Object.entries(walks)) {
  if (name !== 'typing at once') result.settled[`before ${name}`] = await settled();
  if (name === 'moving' || name === 'typing what is alike') controller.keys([key('ctrl-u')]);
  const { times, own } = await pressed(keys, gap);
  result.keys[name] = times;
  result.own[name] = own;
}
result.settled.last = await settled();
result.memory = process.memoryUsage.rss();
process.stdout.write(`${JSON.stringify(result)}\n`);
await controller.close();
browser[Symbol.dispose]();
process.exit(0);
