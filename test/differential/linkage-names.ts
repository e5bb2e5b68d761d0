import type { DebugInfo } from '../../src/elf/debug-model.ts';
import { run } from '../support/process.ts';

/** Functions whose path isn't what rustfilt makes of their linkage name; C++'s names are another tool's. */
export const compareNames = (info: DebugInfo): { raw: string; ours: string; rustfilt: string }[] => {
  const rows = Array.from({ length: info.functionCount }, (_, id) => id).flatMap((id) => {
    const raw = info.linkageName(id);
    return raw === null || !/^(_ZN.*17h[0-9a-f]{16}E|_R)/.test(raw) ? [] : [{ raw, ours: info.path(id) }];
  });
  const input = rows.map(({ raw }) => `${raw}\n`).join('');
  const lines = run('rustfilt', [], { input, timeout: 120_000 }).stdout.split('\n');
  return rows.flatMap(({ raw, ours }, i) => {
    const rustfilt = lines[i] ?? '';
    return ours === rustfilt ? [] : [{ raw, ours, rustfilt }];
  });
};
