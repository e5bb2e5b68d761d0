import { withoutDefaults } from '../elf/rust-name.ts';
import { bTree } from './b-tree-shape.ts';
import { cells } from './cell-shapes.ts';
import { collections, type Recognise } from './collection-shapes.ts';
import { ioError } from './io-error-shape.ts';
import { argumentOf, firstPart, partAt, unwrapped, whole, wordAt, wordIn } from './part.ts';
import type { FieldShape } from './shape.ts';
import { sizeOf } from './shape-site.ts';
import { namedShape, nameOfType } from './struct-shapes.ts';

const duration: Recognise = (site, type) => {
  const seconds = wordAt(site.types, whole(type), 8, 'secs');
  const nanoseconds = wordAt(site.types, whole(type), 4, 'nanos');
  return seconds === null || nanoseconds === null
    ? null
    : { kind: 'duration', size: sizeOf(type), seconds, nanoseconds };
};

/** Instant and SystemTime: `Timespec { tv_sec, tv_nsec }` in two structs. */
const time: Recognise = (site, type) => {
  const spec = partAt(site.types, whole(type), '__0.t');
  const seconds = wordIn(site.types, spec && partAt(site.types, spec, 'tv_sec'), 8);
  const part = spec && partAt(site.types, spec, 'tv_nsec');
  const nanoseconds = wordIn(site.types, part, 4) ?? wordIn(site.types, part, 8);
  if (seconds === null || nanoseconds === null) return null;
  return namedShape(nameOfType(type.name), sizeOf(type), [
    { name: 'tv_sec', offset: seconds.offset, shape: site.part(seconds.type.id, 'tv_sec') },
    { name: 'tv_nsec', offset: nanoseconds.offset, shape: site.part(nanoseconds.type.id, 'tv_nsec') },
  ]);
};

/** `Ipv4Addr { octets: [u8; 4] }`; until rustc 1.64 in the struct of C, whose bytes are in the same order. */
const ip =
  (kind: 'ipv4' | 'ipv6'): Recognise =>
  (_, type) => {
    const size = sizeOf(type);
    if (kind === 'ipv4') return size === 4 ? { kind, size } : null;
    return size === 16 ? { kind, size } : null;
  };

/** Until rustc 1.64 it had the struct of C, whose port is in the network's order: that is shown as it is. */
const socket: Recognise = (site, type) => {
  const from = whole(type);
  const address = partAt(site.types, from, 'ip');
  const port = wordAt(site.types, from, 2, 'port');
  if (address === null || port === null) return null;
  const [scope, flow] = [wordAt(site.types, from, 4, 'scope_id'), wordAt(site.types, from, 4, 'flowinfo')];
  const shape = site.part(address.id, 'ip');
  return { kind: 'socket-address', size: sizeOf(type), ip: { offset: address.offset, shape }, port, scope, flow };
};

/** Enums of which the variant's name isn't written. */
export const transparentEnums: ReadonlySet<string> = new Set([
  'alloc::borrow::Cow',
  ...['core::net::ip_addr', 'std::net::ip_addr', 'std::net::ip'].map((path) => `${path}::IpAddr`),
  ...['core::net::socket_addr', 'std::net::socket_addr', 'std::net::addr'].map((path) => `${path}::SocketAddr`),
]);

/** `..`, and ranges of one or two ends; in core::range the last element has a name of its own. */
const range =
  (inclusive: boolean): Recognise =>
  (site, type) => {
    const from = whole(type);
    const end = (names: readonly string[], name: string): FieldShape | null => {
      const part = firstPart(site.types, from, ...names);
      return part && { name, offset: part.offset, shape: site.part(part.id, name) };
    };
    const ends = { start: end(['start'], 'start'), end: end(['end', 'last'], 'end') };
    if (ends.start === null && ends.end === null) return null;
    const exhausted = inclusive ? wordAt(site.types, from, 1, 'exhausted') : null;
    return { kind: 'range', size: sizeOf(type), ...ends, inclusive, exhausted };
  };

const fixed =
  (textOf: (argument: string) => string): Recognise =>
  (site, type) => {
    const argument = argumentOf(type, 'T');
    const name = argument == null ? '()' : (site.type(argument)?.name ?? '_');
    return { kind: 'fixed', size: sizeOf(type), text: textOf(withoutDefaults(name)) };
  };

/** A struct that is shown as its only field. */
const transparent =
  (...paths: readonly string[]): Recognise =>
  (site, type) => {
    const part = firstPart(site.types, whole(type), ...paths);
    return part?.offset === 0 && sizeOf(part.type) === sizeOf(type) ? site.part(part.id) : null;
  };

const address: Recognise = (_, type) => ({ kind: 'address', size: sizeOf(type) });

/** A power of two in an enum that names each: `_Align1Shl3` is written `8 (1 << 3)`. */
const alignment: Recognise = (site, type) => {
  const word = unwrapped(site.types, whole(type), ({ kind }) => kind === 'enumeration');
  const shape = word && sizeOf(word.type) === sizeOf(type) ? site.part(word.id) : null;
  if (shape?.kind !== 'c-enum') return null;
  const variants = shape.variants.map(({ name, value }) => ({
    name: name.replace(/^_Align1Shl(\d+)$/, `${value} (1 << $1)`),
    value,
  }));
  return { ...shape, variants };
};

const typeId: Recognise = (_, type) => ({ kind: 'opaque', size: sizeOf(type), name: 'TypeId' });

const rangeNames = ['Range', 'RangeFrom', 'RangeTo'];
const inclusiveNames = ['RangeInclusive', 'RangeToInclusive'];
const named = (paths: readonly string[], kinds: readonly string[], how: Recognise): [string, Recognise][] =>
  paths.flatMap((path) => kinds.map((kind): [string, Recognise] => [`${path}${kind}`, how]));

const ranges = ['core::ops::range::', 'core::range::', 'core::range::legacy::'];
const addresses = ['core::net::ip_addr::', 'std::net::ip_addr::', 'std::net::ip::'];
const sockets = ['core::net::socket_addr::', 'std::net::socket_addr::', 'std::net::addr::'];

/** Types of the standard library by their path, without arguments. */
export const standardTypes: ReadonlyMap<string, Recognise> = new Map<string, Recognise>([
  ...collections,
  ...cells,
  ['alloc::collections::btree::map::BTreeMap', bTree(true)],
  ['alloc::collections::btree::set::BTreeSet', bTree(false)],
  ['std::io::error::Error', ioError],
  ['core::time::Duration', duration],
  ['std::time::Instant', time],
  ['std::time::SystemTime', time],
  ...named(addresses, ['Ipv4Addr'], ip('ipv4')),
  ...named(addresses, ['Ipv6Addr'], ip('ipv6')),
  ...named(sockets, ['SocketAddrV4', 'SocketAddrV6'], socket),
  ...named(ranges, rangeNames, range(false)),
  ...named(ranges, inclusiveNames, range(true)),
  ['core::ops::range::RangeFull', (_, type) => ({ kind: 'fixed', size: sizeOf(type), text: '..' })],
  ['core::marker::PhantomData', fixed((argument) => `PhantomData<${argument}>`)],
  ['core::mem::maybe_uninit::MaybeUninit', fixed((argument) => `MaybeUninit<${argument}>`)],
  ['core::pin::Pin', transparent('__pointer', 'pointer')],
  ['core::num::wrapping::Wrapping', transparent('__0')],
  ['core::num::saturating::Saturating', transparent('__0')],
  // What a text is turned into where an error is wanted.
  ['std::error::{impl}::from::StringError', transparent('__0')],
  ['alloc::boxed::convert::{impl}::from::StringError', transparent('__0')],
  ['core::ptr::non_null::NonNull', address],
  ['core::ptr::unique::Unique', address],
  ['core::any::TypeId', typeId],
  ['core::mem::alignment::Alignment', alignment],
  ['core::ptr::alignment::Alignment', alignment],
  ['core::mem::valid_align::ValidAlign', alignment],
]);
