import { hex } from '../base/units.ts';
import type { FileInfo } from '../query/info.ts';
import type { ArchiveInfo, Compiler, ImageInfo } from '../query/info-model.ts';

/** What a schema 1 document says of one file; `schema` itself is the document's. */
export const infoJson = (info: FileInfo): object => (info.kind === 'archive' ? archiveJson(info) : imageJson(info));

const archiveJson = ({ path, members, objects, others, withDebugInfo, compilers, failures }: ArchiveInfo): object => ({
  file: path,
  format: 'archive',
  members,
  objects,
  other_members: others,
  with_debug_info: withDebugInfo,
  compilers: compilers.map(compilerJson),
  failures,
});

const imageJson = (info: ImageInfo): object => {
  const { linking, symbols, debug, unwinding } = info;
  return {
    file: info.path,
    format: info.format,
    machine: info.machine,
    bits: info.bits,
    byte_order: info.littleEndian ? 'little' : 'big',
    type: info.type,
    entry: info.entry === null ? null : hex(info.entry),
    build_id: info.buildId,
    linking: linking && {
      kind: linking.kind,
      interpreter: linking.interpreter,
      needed: linking.needed,
      soname: linking.soname,
      runpath: linking.runpath,
      runpath_tag: linking.runpath.length === 0 ? null : linking.hasRunpath ? 'RUNPATH' : 'RPATH',
    },
    symbols: symbols && {
      table: symbols.table,
      stripped: symbols.table !== 'full',
      functions: symbols.functions,
      unnamed: symbols.unnamed,
      schemes: symbols.schemes,
    },
    debug_info: {
      source: debug.source,
      level: debug.level,
      dwarf_versions: debug.versions,
      compression: debug.compression,
      alternate: debug.alternate && {
        name: debug.alternate.name,
        build_id: debug.alternate.buildId,
        path: debug.alternate.path,
      },
      link_name: debug.linkName,
      looked_for: debug.looked,
      counts: debug.counts && {
        out_of_line: debug.counts.outOfLine,
        inlined: debug.counts.inlined,
        discarded_out_of_line: debug.counts.deadOutOfLine,
        discarded_inlined: debug.counts.deadInlined,
        only_inlined: debug.counts.inlinedOnly,
        without_code: debug.counts.withoutCode,
        units: debug.counts.units,
      },
    },
    languages: info.languages,
    compilers: info.compilers.map(compilerJson),
    unwinding: unwinding && {
      verdict: unwinding.verdict,
      raises: unwinding.raises,
      eh_frame: unwinding.hasFrames,
      landing_pads: unwinding.hasLandingPads,
      panic: unwinding.panic,
    },
    notes: info.notes,
    failures: info.failures,
  };
};

const compilerJson = ({ name, evidence, count, language, dwarfVersion }: Compiler): object => ({
  name,
  evidence,
  count,
  language,
  dwarf_version: dwarfVersion,
});
