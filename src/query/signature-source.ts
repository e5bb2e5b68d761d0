import { RsymError } from '../base/errors.ts';
import { sanitize } from '../base/text.ts';
import type { DebugInfo } from '../elf/debug-model.ts';
import type { DebugFunction } from '../elf/function-model.ts';
import { debugPath } from './debug-match.ts';
import { bareSymbol } from './function-path.ts';
import type { SelectedCopy } from './select-model.ts';
import { type ShownSignature, signatureOf } from './show-signature.ts';

/** A copy's signature, and the debug info that its types are in. */
export type FoundSignature = {
  readonly signature: ShownSignature;
  readonly debug: DebugInfo;
  /** In another build, from which the signature was taken; null: it is the file's own. */
  readonly other: DebugFunction | null;
};

/** As the source has them: the legacy mangling gives instances of a generic function one name, so one text. */
export const isSameSignature = (a: ShownSignature, b: ShownSignature): boolean =>
  a.text === b.text &&
  a.generics.length === b.generics.length &&
  a.generics.every(({ name, type }, i) => name === b.generics[i]?.name && type === b.generics[i]?.type);

/** What names a copy's function. */
type Named = Pick<SelectedCopy, 'name' | 'dwarfPath' | 'raw' | 'function'>;

const keyOf = (copy: Named): string => (copy.function === null ? (copy.raw ?? copy.name) : `#${copy.function.id}`);

/**
 * Signatures of copies, from the file's own debug info or from that of another build. The hashes in linkage names
 * differ between builds, so another build's functions are found by their demangled names; where several there have one
 * name and different signatures (the legacy mangling leaves generic arguments out), none is taken.
 */
export class SignatureSource {
  readonly #own: DebugInfo;
  readonly #other: DebugInfo | null;
  readonly #known = new Map<string, FoundSignature | null>();
  readonly #damage = new Map<string, string>();
  #byPath: Map<string, number[]> | undefined;

  constructor(own: DebugInfo, other: DebugInfo | null) {
    this.#own = own;
    this.#other = other;
  }

  of(copy: Named): FoundSignature | null {
    const key = keyOf(copy);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const found = this.#read(key, copy);
    this.#known.set(key, found);
    return found;
  }

  /** Why the signature could not be read, of a copy that `of` was asked about; null where that is not the reason. */
  damageOf(copy: Named): string | null {
    return this.#damage.get(keyOf(copy)) ?? null;
  }

  /** What is to be said of the other build: one line, sanitised; null where there is none. */
  get note(): string | null {
    const from = this.#other?.source;
    return from ? `signatures and types are those of ${sanitize(from.path)}, matched by name` : null;
  }

  /** One damaged declaration says nothing about the others. */
  #read(key: string, copy: Named): FoundSignature | null {
    try {
      return this.#other === null ? this.#ownSignature(copy) : this.#otherSignature(copy, this.#other);
    } catch (error) {
      if (!(error instanceof RsymError) || error.code !== 'input') throw error;
      this.#damage.set(key, error.reason ?? error.message);
      return null;
    }
  }

  #ownSignature({ function: fn, name }: Named): FoundSignature | null {
    const signature = fn === null ? null : signatureOf(this.#own, fn, name);
    return signature === null ? null : { signature, debug: this.#own, other: null };
  }

  #otherSignature(copy: Named, other: DebugInfo): FoundSignature | null {
    const raw = copy.raw === null ? null : bareSymbol(copy.raw);
    const same = raw === null ? [] : other.byLinkageName(raw);
    const named = same.length > 0 ? same : this.#named(copy, other);
    const found = named.flatMap((id) => {
      const fn = other.function(id);
      const signature = signatureOf(other, fn, copy.name);
      return signature === null ? [] : [{ signature, debug: other, other: fn }];
    });
    const [first] = found;
    return first !== undefined && found.every((each) => isSameSignature(each.signature, first.signature))
      ? first
      : null;
  }

  #named({ name, dwarfPath }: Named, other: DebugInfo): readonly number[] {
    if (!this.#byPath) {
      this.#byPath = new Map();
      for (let id = 0; id < other.functionCount; id++) {
        const path = debugPath(other, id);
        const ids = this.#byPath.get(path);
        if (ids) ids.push(id);
        else this.#byPath.set(path, [id]);
      }
    }
    const ids = this.#byPath.get(name) ?? [];
    const instances = ids.filter((id) => other.dwarfPath(id) === dwarfPath);
    return instances.length > 0 ? instances : ids;
  }
}
