import { decodeBytes } from '../base/text.ts';
import type { CoreDebug } from '../core/debug.ts';
import type { DebugCounts, DebugLevel, Producer } from './debug-model.ts';
import { languageName } from './dwarf-language.ts';

// Of rows of units, in bytes.
const unitFields = { version: 4, language: 8, flags: 12, producer: 16 };
const hasTypesFlag = 1;

export const levelOf = (core: CoreDebug): DebugLevel => {
  const units = core.count('units');
  if (units === 0) return 'none';
  const hasTypes = (row: number): boolean => (core.u32('units', row, unitFields.flags) & hasTypesFlag) !== 0;
  return Array.from({ length: units }, (_, row) => row).some(hasTypes) ? 'types' : 'lines';
};

export const countsOf = (core: CoreDebug | null): DebugCounts => {
  const count = (field: number): number => (core && core.count('counts') > 0 ? core.u32('counts', 0, field) : 0);
  return {
    outOfLine: count(0),
    inlined: count(4),
    deadOutOfLine: count(8),
    deadInlined: count(12),
    inlinedOnly: count(16),
    withoutCode: count(20),
    units: core?.count('units') ?? 0,
  };
};

/** Which compilers made the units, the one of most units first. */
export const producersOf = (core: CoreDebug): Producer[] => {
  const found = new Map<string, Producer>();
  for (let row = 0; row < core.count('units'); row++) {
    const producer = decodeBytes(core.text('units', row, unitFields.producer));
    const language = languageName(core.u32('units', row, unitFields.language));
    const version = core.u32('units', row, unitFields.version);
    const key = `${version} ${language} ${producer}`;
    found.set(key, { producer, language, version, count: (found.get(key)?.count ?? 0) + 1 });
  }
  return [...found.values()].sort((a, b) => b.count - a.count);
};
