/**
 * Who calls strlen with which text: each second, the most frequent ones.
 *
 *   sudo npx tsx examples/strlen.ts [PID [SECONDS]]
 */
import { type CallEvent, trace } from 'rsym';

const shown = 10;
const [pid, seconds] = process.argv.slice(2).map(Number);
const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort());

await using calls = trace({
  target: 'libc',
  functions: ['strlen(text: *const c_char) -> usize'],
  scope: pid ? { kind: 'processes', pids: [pid] } : { kind: 'everywhere' },
  // Lengths are known from the texts: calls are probed where they begin, which costs half as much.
  returns: 'off',
  maxString: 64,
  signal: interrupted.signal,
  ...(seconds ? { seconds } : {}),
});
for (const note of calls.watch.notes) console.error(note);

const counts = new Map<string, { call: CallEvent; count: number }>();
const report = (): void => {
  const most = [...counts.values()].sort((a, b) => b.count - a.count).slice(0, shown);
  console.log('  COUNT     PID COMMAND          TEXT');
  for (const { call, count } of most) {
    const { pid, comm, args } = call;
    console.log(`${String(count).padStart(7)} ${String(pid).padStart(7)} ${comm.padEnd(16)} ${args[0]?.text}`);
  }
  console.log();
  counts.clear();
};
const timer = setInterval(report, 1000);

for await (const event of calls) {
  switch (event.event) {
    case 'call': {
      const key = `${event.pid} ${event.args[0]?.text}`;
      const known = counts.get(key);
      if (known) known.count++;
      else counts.set(key, { call: event, count: 1 });
      break;
    }
    case 'lost':
      console.error('some calls were not counted:', event.losses);
      break;
    case 'end':
      clearInterval(timer);
      report();
      console.error(`${event.calls} calls`);
  }
}
