import { RsymError } from '../base/errors.ts';
import { sanitize } from '../base/text.ts';
import { type ListOptions, list, openForListing, parseKind, type Remark } from '../query/list.ts';
import type { Pattern } from '../query/pattern.ts';
import { type ListTextOptions, listNm, listText } from '../report/list-text.ts';
import type { LsFlags } from './ls.ts';
import type { LsWords } from './ls-arguments.ts';
import { writeAll } from './output.ts';

/** What was listed, over all files. */
type Tally = { symbols: number; omitted: number; failed: boolean; noted: boolean };

const sorts = ['name', 'addr', 'size'] as const;

const parseSort = (word: string): (typeof sorts)[number] => {
  const found = sorts.find((sort) => sort === word);
  if (found) return found;
  throw new RsymError('usage', `--sort takes ${sorts.join(', ')}, not '${word}'`);
};

const optionsOf = (patterns: readonly Pattern[], flags: LsFlags): ListOptions => ({
  all: flags.all === true,
  undefined: flags.undefined === true,
  dynamic: flags.dynamic === true,
  ...(flags.kind ? { kinds: flags.kind.map(parseKind) } : {}),
  ...(flags.crate === undefined ? {} : { crate: flags.crate }),
  patterns,
  // As nm does; rsym's own listing is in the order of the code.
  sort: parseSort(flags.sort ?? (flags.nm ? 'name' : 'addr')),
  reverse: flags.reverse === true,
  names: flags.mangled ? 'mangled' : flags.full ? 'full' : 'short',
  // nm's lines have no room for them.
  countCopies: flags.json === true || flags.nm !== true,
  ...(flags.limit === undefined ? {} : { limit: flags.limit }),
});

/** Lists on stdout, says on stderr what else there is to know, and sets the exit status. */
export const answerLs = async (words: LsWords, flags: LsFlags): Promise<void> => {
  if (flags.debugFile !== undefined && !flags.inlined)
    throw new RsymError('usage', '--debug-file is of use with --inlined only');
  const matching = words.patterns.length > 0 ? await import('../query/list-patterns.ts') : undefined;
  const heeded = matching?.heedPatterns(words.patterns);
  const options = optionsOf(heeded?.patterns ?? [], flags);
  const tally: Tally = { symbols: 0, omitted: 0, failed: false, noted: false };
  const remarks = (remark: Remark): void => {
    if (remark.kind === 'failure') tally.failed = true;
    else tally.noted = true;
    process.stderr.write(`rsym: ${sanitize(remark.text)}\n`);
  };
  await (flags.json
    ? answerJson(words, flags, options, tally, remarks)
    : answerText(words, flags, options, tally, remarks));
  if (tally.omitted > 0) process.stderr.write(`rsym: ${tally.omitted} more symbols are left out by --limit\n`);
  if (tally.failed) process.exitCode = 2;
  else if (tally.symbols + tally.omitted === 0) nothing(words, flags, tally.noted, matching?.nearestInFiles);
  else {
    const where = words.files.map(sanitize).join(', ');
    for (const text of heeded?.idle() ?? [])
      process.stderr.write(`rsym: nothing in ${where} matches ${sanitize(text)}\n`);
  }
};

/** Every file is tried; where there is only one, its error is the command's. */
const eachFile = async (
  words: LsWords,
  remark: (remark: Remark) => void,
  answer: (path: string) => Promise<void>,
): Promise<void> => {
  for (const path of words.files) {
    try {
      await answer(path);
    } catch (error) {
      if (words.files.length === 1 || !(error instanceof RsymError) || error.code === 'internal') throw error;
      remark({ kind: 'failure', text: error.message });
    }
  }
};

type Counted = { readonly rows: { readonly length: number }; readonly omitted: number };

const count = function* <T extends Counted>(listings: Iterable<T>, tally: Tally): Generator<T> {
  for (const listing of listings) {
    tally.symbols += listing.rows.length;
    tally.omitted += listing.omitted;
    yield listing;
  }
};

const answerText = async (
  words: LsWords,
  flags: LsFlags,
  options: ListOptions,
  tally: Tally,
  remark: (remark: Remark) => void,
): Promise<void> => {
  const write = flags.nm ? listNm : listText;
  let heading = process.stdout.isTTY === true && !flags.nm;
  const inlined = flags.inlined ? await import('./ls-inlined.ts') : null;
  await eachFile(words, remark, async (path) => {
    using image = openForListing(path);
    const prefixed = words.files.length > 1 || image.format === 'archive';
    const say = async (
      rows: number,
      lines: (text: ListTextOptions) => Iterable<Uint8Array | string>,
    ): Promise<void> => {
      await writeAll(lines({ names: options.names ?? 'short', prefixed, heading: heading && rows > 0 }));
      if (rows > 0) heading = false;
    };
    if (inlined) {
      const write = flags.nm ? inlined.inlinedNm : inlined.inlinedText;
      for (const listing of count(inlined.listings(image, options, flags, remark), tally))
        await say(listing.rows.length, (text) => write(listing, text));
      return;
    }
    for (const listing of count(list(image, options, remark), tally))
      await say(listing.rows.length, (text) => write(listing, text));
  });
};

const answerJson = async (
  words: LsWords,
  flags: LsFlags,
  options: ListOptions,
  tally: Tally,
  remark: (remark: Remark) => void,
): Promise<void> => {
  const { listDocument } = await import('../report/list-json.ts');
  const inlined = flags.inlined ? await import('./ls-inlined.ts') : null;
  const several = words.files.length > 1;
  let separator = several ? '{"schema":1,"files":[\n' : '';
  await eachFile(words, remark, async (path) => {
    using image = openForListing(path);
    const head = { file: path, format: image.format, machine: image.machine, build_id: image.buildId };
    // The table is read before the document is begun: a damaged one must not leave half a document behind.
    if (image.format !== 'archive') image.symbols();
    if (separator !== '') await writeAll([separator]);
    separator = several ? ',\n' : '';
    const full = flags.full === true;
    await writeAll(
      inlined
        ? inlined.inlinedDocument(head, count(inlined.listings(image, options, flags, remark), tally), full)
        : listDocument(head, count(list(image, options, remark), tally), full),
    );
  });
  const closing = several ? (separator === ',\n' ? '\n]}\n' : '{"schema":1,"files":[]}\n') : '\n';
  await writeAll([closing]);
};

const nothing = (
  words: LsWords,
  flags: LsFlags,
  isExplained: boolean,
  nearestIn: ((files: readonly string[], pattern: string) => string[]) | undefined,
): void => {
  const where = words.files.map(sanitize).join(', ');
  if (nearestIn) {
    const near = nearestIn(words.files, words.patterns[0] ?? '').map(sanitize);
    throw new RsymError('not-found', `nothing in ${where} matches ${words.patterns.map(sanitize).join(', ')}`, {
      hints: near.length > 0 ? [`the nearest: ${near.join(', ')}`] : [],
    });
  }
  if (flags.crate !== undefined || flags.kind || flags.undefined || flags.dynamic)
    throw new RsymError('not-found', `nothing in ${where} is what the options ask for`);
  if (!isExplained) process.stderr.write(`rsym: no ${flags.all ? 'symbols' : 'functions'} in ${where}\n`);
};
