/**
 * Asks everything that debug info can be asked, of each file named, within bounds. Prints a line of JSON for each:
 * `{file, ms, peakKiB, notes, refused, faults}`. `refused` are RsymErrors, the right answer to what can't be read; `faults`
 * are all other errors.
 */
import { readFileSync } from 'node:fs';
import { RsymError } from '../../src/base/errors.ts';
import { address } from '../../src/base/units.ts';
import { openDebugInfo } from '../../src/elf/debug-info.ts';
import type { DebugInfo } from '../../src/elf/debug-model.ts';
import { openImage } from '../../src/elf/open.ts';
import { referredTypes } from '../differential/type-layouts.ts';

/** Most rows of one kind that are looked at one by one. */
const most = 2000;
const rows = (count: number): number[] => Array.from({ length: Math.min(count, most) }, (_, id) => id);

const steps: readonly ((info: DebugInfo) => void)[] = [
  (info) => void info.producers(),
  (info) => {
    for (const id of rows(info.functionCount)) info.function(id);
  },
  (info) => {
    for (const id of rows(info.functionCount))
      [info.path(id), info.dwarfPath(id), info.linkageName(id), info.copyCounts(id)];
  },
  (info) => {
    for (const id of rows(info.copyCount)) {
      const { address: at, ranges } = info.copy(id);
      if (id < 100) info.frames(at);
      if (id < 100) for (const range of ranges.slice(0, 10)) info.lines(range);
    }
  },
  ...['first half', 'second half'].map((_, half) => (info: DebugInfo): void => {
    for (const id of rows(info.copyCount)) if (id % 2 === half) info.scope(info.copy(id));
  }),
  (info) => {
    for (const id of rows(info.copyCount)) info.frameAddress(info.copy(id).address);
  },
  (info) => void info.frames(address(0x40_0104n)),
  (info) => void info.lines({ start: address(0x40_0000n), end: address(0x40_1000n) }),
  (info) => void info.byLinkageName('odd'),
  (info) => void info.copiesAt(address(0x40_0100n)),
  (info) => void info.types?.find('type'),
  (info) => void info.types?.vtables(),
  (info) => {
    const { types } = info;
    if (types === null) return;
    const seen = new Set<number>();
    for (const id of rows(info.functionCount)) {
      const signature = types.signature(info.function(id));
      const waiting = [...(signature?.parameters ?? []).map(({ type }) => type), signature?.returns ?? null];
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        if (next === null || seen.has(next) || seen.size > most) continue;
        seen.add(next);
        for (const other of referredTypes(types.type(next))) waiting.push(other);
      }
    }
  },
];

const peakKiB = (): number => Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);

const explore = (file: string): object => {
  const start = performance.now();
  const refused: string[] = [];
  const faults: string[] = [];
  const notes: string[] = [];
  const attempt = <Result>(step: () => Result): Result | null => {
    try {
      return step();
    } catch (error) {
      if (error instanceof RsymError) refused.push(error.message);
      else faults.push(error instanceof Error ? `${error.stack}` : String(error));
      return null;
    }
  };
  const image = attempt(() => openImage(file));
  const info = image && attempt(() => openDebugInfo(image));
  if (info) {
    notes.push(...info.notes);
    for (const step of steps) attempt(() => step(info));
    attempt(() => info[Symbol.dispose]());
  }
  if (image) attempt(() => image[Symbol.dispose]());
  return {
    file,
    ms: Math.round(performance.now() - start),
    peakKiB: peakKiB(),
    level: info?.level ?? null,
    notes,
    refused,
    faults,
  };
};

for (const file of process.argv.slice(2)) process.stdout.write(`${JSON.stringify(explore(file))}\n`);
