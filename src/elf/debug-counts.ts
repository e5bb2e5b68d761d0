import type { CoreDebug } from '../core/debug.ts';
import type { DebugCounts, DebugLevel } from './debug-model.ts';

const unitFlags = 12;
const hasTypesFlag = 1;

export const levelOf = (core: CoreDebug): DebugLevel => {
  const units = core.count('units');
  if (units === 0) return 'none';
  const hasTypes = (row: number): boolean => (core.u32('units', row, unitFlags) & hasTypesFlag) !== 0;
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
