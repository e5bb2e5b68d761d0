import { RsymError } from '../base/errors.ts';
import { RINGBUF } from './sys/uapi.ts';

// What a session can't do, and what its user can do instead.

export const cannotFollow = (): RsymError =>
  new RsymError('unsupported', 'children cannot be followed', {
    reason: 'this kernel has no type information (/sys/kernel/btf/vmlinux)',
    hints: ['name each process with -p'],
  });

/** A record that doesn't fit into the ring would be lost each time. */
export const refuseLargeRecord = (recordBytes: number, ringBytes: number): void => {
  const largest = recordBytes + RINGBUF.headerSize;
  if (largest <= ringBytes) return;
  throw new RsymError('usage', `the ring of ${ringBytes} bytes is too small`, {
    reason: `one call takes up to ${largest} bytes in it`,
    hints: ['--ring with more, or --max-string with less'],
  });
};

export const cannotWaitForPages = (reason: string): RsymError =>
  new RsymError('unsupported', 'pages that are not in memory cannot be read here', {
    reason: `this kernel refuses probes that wait for them (${reason})`,
    hints: ['trace without --cold-pages: what lies there is <unreadable>', 'rsym doctor tells what this kernel allows'],
  });
