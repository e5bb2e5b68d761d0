import { RsymError } from '../base/errors.ts';
import { sanitize } from '../base/text.ts';
import type { TraceEvent } from '../query/watch.ts';
import { PerfettoText } from '../report/perfetto.ts';
import { fileWriter } from './file-writer.ts';
import { write } from './output.ts';

/** The file of `--perfetto`, written as the calls come. */
export type PerfettoFile = {
  readonly begin: () => void;
  readonly add: (events: readonly TraceEvent[]) => Promise<void>;
  /** Makes it a whole document. */
  readonly end: () => Promise<void>;
};

/** `sources` and `answers` as for {@link fileWriter}. */
export const perfettoFile = (path: string, sources: readonly string[], answers: readonly string[]): PerfettoFile => {
  const file = fileWriter(path, sources, answers);
  const text = new PerfettoText(process.hrtime.bigint());
  let hasBegun = false;
  const put = async (chunk: string): Promise<void> => {
    try {
      if (chunk !== '') await write(file.stream, chunk);
    } catch (error) {
      if (!(error instanceof RsymError)) throw error;
      throw new RsymError('input', `cannot write ${sanitize(path)}`, { reason: error.reason, cause: error });
    }
  };
  return {
    begin: file.begin,
    add: async (events) => {
      const before = hasBegun ? '' : text.begin;
      hasBegun = true;
      await put(before + events.map((event) => text.add(event)).join(''));
    },
    end: () => put((hasBegun ? '' : text.begin) + text.end),
  };
};
