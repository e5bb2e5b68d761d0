import { expect, test } from 'vitest';
import { inheritedOf } from '../../src/base/inherited-files.ts';

const open = [
  { fd: 0, file: '/dev/null', access: 0 },
  { fd: 9, file: 'pipe:[3]', access: 0 },
  { fd: 3, file: 'anon_inode:[eventpoll]', access: 2 },
  { fd: 4, file: 'pipe:[1]', access: 0 },
  { fd: 5, file: '/etc/hostname', access: 0 },
  { fd: 6, file: 'pipe:[1]', access: 1 },
  { fd: 7, file: 'pipe:[2]', access: 0 },
  { fd: 8, file: 'pipe:[2]', access: 1 },
  { fd: 10, file: 'socket:[4]', access: 2 },
  { fd: 11, file: 'anon_inode:[eventfd]', access: 2 },
];

test('files, sockets and one end of a pipe are inherited; an event loop and pipes with both ends are not', () => {
  expect(inheritedOf(open, {})).toEqual([5, 9, 10]);
});

test("make's jobserver is, with both ends, where the environment names it", () => {
  expect(inheritedOf(open, { MAKEFLAGS: ' -j --jobserver-auth=7,8' })).toEqual([5, 7, 8, 9, 10]);
  expect(inheritedOf(open, { CARGO_MAKEFLAGS: '-j --jobserver-fds=7,8 --jobserver-auth=7,8' })).toEqual([
    5, 7, 8, 9, 10,
  ]);
  expect(inheritedOf(open, { MAKEFLAGS: '--jobserver-auth=fifo:/tmp/GMfifo1' })).toEqual([5, 9, 10]);
});
