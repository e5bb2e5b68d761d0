/**
 * Which files are opened through libc, by whom, and what came of it.
 *
 *   sudo npx tsx examples/opensnoop.ts [PID [SECONDS]]
 *
 * Programs that make the system call themselves, as libc does for fopen, pass it by.
 */
import { trace } from 'rsym';

const [pid, seconds] = process.argv.slice(2).map(Number);
const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort());

await using calls = trace({
  target: 'libc',
  functions: [
    'open(path: *const c_char, flags: i32) -> i32',
    'openat(folder: i32, path: *const c_char, flags: i32) -> i32',
    'creat(path: *const c_char, mode: u32) -> i32',
  ],
  scope: pid ? { kind: 'processes', pids: [pid] } : { kind: 'everywhere' },
  signal: interrupted.signal,
  ...(seconds ? { seconds } : {}),
});
for (const { name, aliases } of calls.watch.functions) console.error(`${[name, ...aliases].join(', ')}`);

console.log('    PID COMMAND            FD PATH');
for await (const event of calls) {
  if (event.event === 'call') {
    const path = event.args.find(({ name }) => name === 'path')?.text;
    const fd = event.ret?.text ?? '-';
    console.log(`${String(event.pid).padStart(7)} ${event.comm.padEnd(16)} ${fd.padStart(4)} ${path}`);
  } else if (event.event === 'lost') console.error('some calls are not shown:', event.losses);
}
