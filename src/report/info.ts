import { sanitize } from '../base/text.ts';
import { hex } from '../base/units.ts';
import type { FileInfo } from '../query/info.ts';
import type { ArchiveInfo, Compiler, ImageInfo, Unwinding } from '../query/info-model.ts';
import type { Palette } from './terminal-colour.ts';
import { padEnd } from './terminal-width.ts';

/** A heading and its lines; none: the line is left out. */
type Row = readonly [label: string, ...lines: string[]];

/** What a file is, a line or more for each fact. */
export const infoText = (info: FileInfo, palette: Palette): string => {
  const rows = info.kind === 'archive' ? archiveRows(info) : imageRows(info);
  const shown = rows.filter(([, ...lines]) => lines.length > 0);
  const width = Math.max(...shown.map(([label]) => label.length));
  const lines = shown.flatMap(([label, ...texts]) =>
    texts.map((text, i) => `  ${palette.faint(padEnd(i === 0 ? label : '', width))}  ${sanitize(text)}`),
  );
  return `${[palette.heading(sanitize(info.path)), ...lines].join('\n')}\n`;
};

const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

const formats: Readonly<Record<string, string>> = {
  elf: 'ELF',
  'mach-o': 'Mach-O',
  pe: 'PE',
  coff: 'COFF',
};
const formatName = (format: string): string => formats[format] ?? format;

const types: Readonly<Record<string, string>> = {
  executable: 'executable at a fixed address',
  pie: 'position-independent executable',
  shared: 'shared library',
  relocatable: 'object file, not linked',
  core: 'core dump',
  module: 'module',
  other: 'of a type without a name here',
};

const schemes = { 'rust-v0': 'Rust v0', 'rust-legacy': 'Rust legacy', itanium: 'C++ (Itanium)', none: 'not mangled' };

const archiveRows = (info: ArchiveInfo): Row[] => [
  ['format', 'archive'],
  ['members', plural(info.members, 'member')],
  [
    'objects',
    ...info.objects.map(
      ({ format, machine, type, count }) => `${count} × ${formatName(format)} ${machine}, ${types[type] ?? type}`,
    ),
    ...(info.others > 0 ? [`${plural(info.others, 'member')} of another kind`] : []),
  ],
  ['debug info', info.withDebugInfo === 0 ? 'none' : `in ${plural(info.withDebugInfo, 'object')}`],
  ['compilers', ...info.compilers.map(compilerLine)],
];

const imageRows = (info: ImageInfo): Row[] => [
  ['format', formatLine(info)],
  ['type', types[info.type] ?? info.type],
  ['entry', ...(info.entry === null ? [] : [hex(info.entry)])],
  ['build id', info.buildId ?? 'none'],
  ['linking', ...linkingLines(info)],
  ['symbols', ...symbolLines(info)],
  ['mangling', ...manglingLines(info)],
  ['debug info', ...debugLines(info)],
  ['functions', ...countLines(info)],
  ['languages', ...languageLines(info)],
  ['compilers', ...info.compilers.map(compilerLine)],
  ['unwinding', ...(info.unwinding ? unwindingLines(info.unwinding) : [])],
  [
    'panics',
    ...(info.unwinding?.panic ? [`${panics[info.unwinding.panic.strategy]}: ${info.unwinding.panic.evidence}`] : []),
  ],
  ['notes', ...info.notes],
];

const formatLine = ({ format, machine, bits, littleEndian }: ImageInfo): string =>
  [
    formatName(format),
    machine,
    ...(bits === null ? [] : [`${bits} bits`]),
    littleEndian ? 'little-endian' : 'big-endian',
  ].join(', ');

const linkingLines = ({ linking }: ImageInfo): string[] => {
  if (!linking) return [];
  const { kind, interpreter, needed, soname, runpath, hasRunpath } = linking;
  return [
    interpreter === null ? kind : `${kind}, started by ${interpreter}`,
    ...(needed.length > 0 ? [`needs ${needed.join(', ')}`] : kind === 'dynamic' ? ['needs no library'] : []),
    ...(soname === null ? [] : [`known as ${soname}`]),
    ...(runpath.length > 0 ? [`${hasRunpath ? 'RUNPATH' : 'RPATH'} ${runpath.join(':')}`] : []),
  ];
};

const symbolLines = ({ symbols, format }: ImageInfo): string[] => {
  if (!symbols) return ['cannot be read'];
  const { table, functions, unnamed } = symbols;
  const nameless = unnamed > 0 ? `, ${plural(unnamed, 'function')} without a name` : '';
  if (table === 'none') return [`stripped: none${nameless}`];
  const counted = plural(functions, 'function');
  if (table === 'full') return [`not stripped: ${counted}${nameless}`];
  return [`stripped: ${format === 'elf' ? 'only dynamic symbols' : 'only exports and imports'}, ${counted}${nameless}`];
};

const manglingLines = ({ symbols }: ImageInfo): string[] => {
  const found = Object.entries(schemes).flatMap(([scheme, name]) => {
    const count = symbols?.schemes[scheme as keyof typeof schemes] ?? 0;
    return count > 0 ? [`${name} ${count}`] : [];
  });
  return found.length > 0 ? [found.join(', ')] : [];
};

const levels = {
  none: 'nothing that can be read',
  lines: 'functions and line numbers, no types',
  types: 'functions, line numbers, types',
};
const ways = {
  own: 'in the file',
  'debug-link': 'named by .gnu_debuglink, CRC checked',
  'build-id': 'found by build id',
  given: 'as given',
};

const debugLines = ({ debug, failures }: ImageInfo): string[] => {
  const { source, level, versions, compression, alternate, linkName, looked } = debug;
  if (!source) {
    // Where a file that is named was looked for is told in a note.
    return linkName === null
      ? ['none', ...looked.map((path) => `looked for ${path}`)]
      : [`none here: it is in ${linkName}, which was not found`];
  }
  const where = source.how === 'own' ? ways.own : `${source.path}, ${ways[source.how]}`;
  const form = [
    ...(versions.length > 0 ? [`DWARF ${versions.join(' and ')}`] : []),
    compression === null ? 'not compressed' : `compressed (${compression})`,
  ];
  return [
    where,
    form.join(', '),
    debug.counts === null && failures.length > 0 ? 'cannot be read' : levels[level],
    ...(alternate === null ? [] : [`parts shared with other files are in ${alternate.path ?? alternate.name} (dwz)`]),
  ];
};

const countLines = ({ debug: { counts } }: ImageInfo): string[] => {
  if (!counts) return [];
  const dead = counts.deadOutOfLine + counts.deadInlined;
  return [
    `${plural(counts.outOfLine, 'copy', 'copies')} out of line, ${counts.inlined} inlined, in ${plural(counts.units, 'unit')}`,
    `${plural(counts.inlinedOnly, 'function exists', 'functions exist')} only inlined`,
    ...(dead > 0
      ? [`discarded by the linker: ${counts.deadOutOfLine} out of line, ${counts.deadInlined} inlined`]
      : []),
    ...(counts.withoutCode > 0
      ? [
          `${plural(counts.withoutCode, 'function has', 'functions have')} no code left: folded onto another, or optimised away`,
        ]
      : []),
  ];
};

const languageLines = ({ languages }: ImageInfo): string[] =>
  languages.map(({ name, evidence, count }) =>
    evidence === 'debug-info'
      ? `${name}, ${plural(count, 'unit')}`
      : `${name}, by the names of ${plural(count, 'symbol')}`,
  );

const compilerLine = ({ name, evidence, count, language, dwarfVersion }: Compiler): string => {
  switch (evidence) {
    case 'debug-info':
      return `${name}: ${plural(count, 'unit')} of ${language ?? 'unknown'}, DWARF ${dwarfVersion}`;
    case 'comment':
      return `${name}: in .comment${count > 1 ? ` ${count} times` : ''}`;
    case 'source-path':
      return `${name}: built the standard library, by ${plural(count, 'path')} of its sources in constants`;
    case 'constant-text':
      return `${name}: text in constants, ${plural(count, 'place')}; it may mean anything`;
  }
};

const panics = { unwind: 'unwind', abort: 'abort', unknown: 'unknown' };

const unwindingLines = ({ verdict, raises, hasFrames, hasLandingPads }: Unwinding): string[] => {
  const raised = raises.map(({ name, how }) => `${how} ${name}`).join(', ');
  const has = [
    ...(raised === '' ? [] : [raised]),
    ...(hasFrames ? ['has .eh_frame'] : []),
    ...(hasLandingPads ? ['has landing pads'] : []),
  ].join('; ');
  switch (verdict) {
    case 'yes':
      return [`possible: ${has}`];
    case 'through':
      return [`it raises nothing itself; what others raise can pass: ${has}`];
    case 'no':
      return [`not possible: there is no .eh_frame${has === '' ? '' : ` (${has})`}`];
    case 'unknown':
      return [`unknown: its symbols are gone; ${has}`];
  }
};
