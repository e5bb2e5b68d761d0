import { RsymError } from '../../base/errors.ts';
import { OwnedFd } from './fd.ts';
import { addressOf, type CallResult, syscall } from './libc.ts';
import { CMSG, errnoName, MSG_CMSG_CLOEXEC, MSG_NOSIGNAL, MSGHDR, NR, SOCKET } from './uapi.ts';

/** Two ends of one socket, over which a process can give another its descriptors (unix(7), SCM_RIGHTS). */
export const socketPair = (): [OwnedFd, OwnedFd] => {
  const ends = Buffer.alloc(8);
  const made = syscall(NR.socketpair, SOCKET.unix, SOCKET.stream | SOCKET.cloexec, 0, addressOf(ends));
  if (!made.ok)
    throw new RsymError('unsupported', 'cannot make a socket', { reason: `socketpair: ${errnoName(made.errno)}` });
  return [new OwnedFd(ends.readInt32LE(0)), new OwnedFd(ends.readInt32LE(4))];
};

/** A message of one byte that carries one descriptor. Every buffer in it must live until the call is made. */
const transfer = (number: number, socket: number, control: Buffer, flags: number): CallResult => {
  const piece = Buffer.alloc(16);
  piece.writeBigUInt64LE(addressOf(Buffer.alloc(1)), 0);
  piece.writeBigUInt64LE(1n, 8);
  const message = Buffer.alloc(MSGHDR.size);
  message.writeBigUInt64LE(addressOf(piece), MSGHDR.pieces);
  message.writeBigUInt64LE(1n, MSGHDR.pieceCount);
  message.writeBigUInt64LE(addressOf(control), MSGHDR.control);
  message.writeBigUInt64LE(BigInt(control.length), MSGHDR.controlLength);
  return syscall(number, socket, addressOf(message), flags);
};

/** Gives whoever reads the other end a descriptor of its own for the same thing. False: nobody does. */
export const sendFd = (socket: OwnedFd, fd: OwnedFd): boolean => {
  const control = Buffer.alloc(CMSG.size);
  control.writeBigUInt64LE(BigInt(CMSG.data + 4), CMSG.length);
  control.writeInt32LE(SOCKET.level, CMSG.level);
  control.writeInt32LE(SOCKET.rights, CMSG.type);
  control.writeInt32LE(fd.value, CMSG.data);
  return transfer(NR.sendmsg, socket.value, control, MSG_NOSIGNAL).ok;
};

/** Takes a descriptor that {@link sendFd} has sent. */
export const receiveFd = (socket: number): OwnedFd => {
  const control = Buffer.alloc(CMSG.size);
  const came = transfer(NR.recvmsg, socket, control, MSG_CMSG_CLOEXEC);
  if (!came.ok || came.value !== 1 || control.readInt32LE(CMSG.type) !== SOCKET.rights)
    throw new RsymError('internal', 'no descriptor was sent');
  return new OwnedFd(control.readInt32LE(CMSG.data));
};
