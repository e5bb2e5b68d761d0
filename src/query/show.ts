import { compilerOf } from '../abi/compiler.ts';
import { RsymError } from '../base/errors.ts';
import { sanitize } from '../base/text.ts';
import type { DebugInfo } from '../elf/debug-model.ts';
import { abiNotes } from './abi-notes.ts';
import type { CopyFacts } from './copy-facts.ts';
import { CopyValues } from './copy-values.ts';
import { isDamage } from './damage.ts';
import type { ImageCode } from './exits.ts';
import { givenValues } from './given-values.ts';
import { inlinedThere } from './inlined-into.ts';
import { select } from './select.ts';
import { CopyReader } from './select-copy.ts';
import type { SelectedCopy, SelectedFunction, SelectSources } from './select-model.ts';
import { CopyCode, type ShownProbe } from './show-code.ts';
import type { ShownCopy, ShownFunction, ShowOptions } from './show-model.ts';
import { copyNotes, functionNotes } from './show-notes.ts';
import { describeTypes } from './show-types.ts';
import type { ShownValues } from './shown-values.ts';
import { type FoundSignature, isSameSignature, SignatureSource } from './signature-source.ts';

/**
 * What is known of the functions that the texts name: their signatures, sources, copies and types. `other` is the debug
 * info of another build of the program, from which signatures and types are taken. Errors of texts that name nothing are
 * added to `missing`, as long as another names something.
 *
 * @throws {RsymError} `not-found` if no text names anything, `usage` if it can't be read.
 */
export const showFunctions = (
  sources: SelectSources,
  texts: readonly string[],
  other: DebugInfo | null,
  options: ShowOptions,
  missing: RsymError[] = [],
): Iterable<ShownFunction> => new Shower(sources, other, options).named(texts, missing);

/** As {@link showFunctions}, for several questions about one file: what serves them all is found once. */
export class Shower {
  readonly #debug: DebugInfo;
  readonly #options: ShowOptions;
  readonly #reader: CopyReader;
  readonly #code: CopyCode;
  readonly #sources: SelectSources;
  readonly #signatures: SignatureSource;
  #values: CopyValues | undefined;

  constructor(sources: SelectSources, other: DebugInfo | null, options: ShowOptions) {
    this.#sources = sources;
    this.#debug = sources.debug;
    this.#options = options;
    this.#reader = new CopyReader(sources);
    this.#code = new CopyCode(sources);
    this.#signatures = new SignatureSource(sources.debug, other);
  }

  /** @throws {RsymError} as {@link showFunctions}. */
  named(texts: readonly string[], missing: RsymError[] = []): Iterable<ShownFunction> {
    return this.#all(select(this.#sources, texts, missing));
  }

  /** What reads the file's code. */
  imageCode(): ImageCode {
    return this.#code.imageCode();
  }

  *#all(functions: readonly SelectedFunction[]): Generator<ShownFunction> {
    for (const fn of functions) yield this.#show(fn);
  }

  #show(fn: SelectedFunction): ShownFunction {
    const refs = fn.copies.slice(0, this.#options.limit ?? fn.copies.length);
    const copies = refs.map((ref) => this.#reader.read(fn, ref));
    const found = copies.map((copy) => this.#signatures.of(copy));
    // A function that lost all its code is still declared somewhere.
    const lost = copies.length > 0 ? null : this.#lost(fn);
    const declared = lost === null ? found : [this.#signatures.of(lost)];
    const damage = [...copies, ...(lost === null ? [] : [lost])].map((each) => this.#signatures.damageOf(each));
    const signatures = declared.filter((each) => each !== null);
    const signature = agreed(signatures, declared.length);
    const own = fn.copies.filter(({ isInlined }) => !isInlined).length;
    const [first] = fn.functions.map((id) => this.#debug.function(id));
    return {
      name: fn.name,
      signature,
      source: copies.find((copy) => copy.function?.source)?.function?.source ?? first?.source ?? null,
      dwarfPath: first?.dwarfPath ?? null,
      copies: copies.map((copy, i) => this.#copy(copy, found[i] ?? null, own)),
      omitted: fn.copies.length - refs.length,
      counts: { own, inlined: fn.copies.length - own },
      types: typesOf(signatures),
      notes: functionNotes({
        fn,
        copies,
        own,
        debug: this.#debug,
        typesNote: signatures.length > 0 ? this.#signatures.note : null,
        hasSignatures: signatures.length > 0,
        damage: [...new Set(damage.filter((each) => each !== null))],
        differ: signatures.some((each) => !isSameSignature(each.signature, signatures[0]?.signature ?? each.signature)),
      }),
    };
  }

  #copy(copy: SelectedCopy, found: FoundSignature | null, own: number): ShownCopy {
    const damage: string[] = [];
    const values = this.#valuesOf(copy, found, damage);
    const probe = this.#code.probe(copy, values);
    return {
      ...copy,
      signature: found?.signature ?? null,
      values,
      probe,
      instructions: this.#options.asm ? { [Symbol.iterator]: () => this.#code.listing(copy) } : null,
      notes: [
        ...copyNotes(copy, this.#debug, this.#options.asm === true && !this.#code.isReadable),
        ...damage,
        ...this.#abiNotes(copy, values, probe, own),
      ],
    };
  }

  #abiNotes(copy: SelectedCopy, values: ShownValues | null, probe: ShownProbe, own: number): string[] {
    const limit = this.#code.limit(copy, values, probe.address);
    try {
      const into = copy.kind === 'inlined' || copy.debugCopy === null ? null : copy.function;
      const there = into === null ? [] : inlinedThere(this.#debug, into, copy.ranges);
      return abiNotes({ copy, values, probe, limit, inlinedThere: there, types: this.#typesOf(copy, values), own });
    } catch (error) {
      if (!isDamage(error)) throw error;
      return [`what tools get wrong is not told: ${sanitize(error.reason ?? error.message)}`];
    }
  }

  /** Of Rust: what parts of values are called. */
  #typesOf(copy: SelectedCopy, values: ShownValues | null): CopyFacts['types'] {
    const { types } = this.#debug;
    if (types === null || values === null || copy.debugCopy === null || copy.function === null) return null;
    const scope = this.#debug.scope(this.#debug.copy(copy.debugCopy));
    if (scope.language !== 'rust') return null;
    const ids = scope.variables.filter(({ isParameter }) => isParameter).map(({ type }) => type);
    return { types, ids, returns: types.signature(copy.function)?.returns ?? null, ...compilerOf(scope.producer) };
  }

  #valuesOf(copy: SelectedCopy, found: FoundSignature | null, damage: string[]): ShownValues | null {
    if (!this.#code.isReadable) return null;
    try {
      this.#values ??= new CopyValues(this.#sources, this.#code.imageCode(), this.#code.flows());
      return this.#values.of(copy) ?? (found === null ? null : givenValues(copy, found));
    } catch (error) {
      if (!isDamage(error)) throw error;
      damage.push(`where its values are is not known: ${sanitize(error.reason ?? error.message)}`);
      return null;
    }
  }

  /** What names a function without code. */
  #lost(fn: SelectedFunction): Parameters<SignatureSource['of']>[0] | null {
    const [id] = fn.functions;
    if (id === undefined) return null;
    const own = this.#debug.function(id);
    return { name: fn.name, dwarfPath: own.dwarfPath, raw: own.linkageName, function: own };
  }
}

const agreed = (signatures: readonly FoundSignature[], copies: number): FoundSignature['signature'] | null => {
  const [first] = signatures;
  if (first === undefined || signatures.length !== copies) return null;
  return signatures.every(({ signature }) => isSameSignature(signature, first.signature)) ? first.signature : null;
};

const typesOf = (found: readonly FoundSignature[]): ShownFunction['types'] => {
  const [first] = found;
  if (first?.debug.types == null) return { types: [], cut: null };
  const seen = new Set(found.map(({ signature }) => signature));
  const roots = [...seen].flatMap(({ roots }) => roots);
  try {
    return describeTypes(first.debug.types, roots, first.signature.language);
  } catch (error) {
    if (!(error instanceof RsymError) || error.code !== 'input') throw error;
    return { types: [], cut: `types are damaged: ${sanitize(error.reason ?? error.message)}` };
  }
};
