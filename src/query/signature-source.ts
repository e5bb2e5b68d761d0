import { sanitize } from '../base/text.ts';
import type { DebugInfo } from '../elf/debug-model.ts';
import { debugPath } from './debug-match.ts';
import { bareSymbol } from './function-path.ts';
import type { SelectedCopy } from './select-model.ts';
import { type ShownSignature, signatureOf } from './show-signature.ts';

/** A copy's signature, and the debug info that its types are in. */
export type FoundSignature = { readonly signature: ShownSignature; readonly debug: DebugInfo };

/** What names a copy's function. */
type Named = Pick<SelectedCopy, 'name' | 'dwarfPath' | 'raw' | 'function'>;

/**
 * Signatures of copies, from the file's own debug info or from that of another build. The hashes in linkage names
 * differ between builds, so another build's functions are found by their demangled names; where several there have one
 * name and different signatures (the legacy mangling leaves generic arguments out), none is taken.
 */
export class SignatureSource {
  readonly #own: DebugInfo;
  readonly #other: DebugInfo | null;
  readonly #known = new Map<string, FoundSignature | null>();
  #byPath: Map<string, number[]> | undefined;

  constructor(own: DebugInfo, other: DebugInfo | null) {
    this.#own = own;
    this.#other = other;
  }

  of(copy: Named): FoundSignature | null {
    const key = copy.function === null ? (copy.raw ?? copy.name) : `#${copy.function.id}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const found = this.#other === null ? this.#ownSignature(copy) : this.#otherSignature(copy, this.#other);
    this.#known.set(key, found);
    return found;
  }

  /** What is to be said of the other build: one line, sanitised; null where there is none. */
  get note(): string | null {
    const from = this.#other?.source;
    return from ? `signatures and types are those of ${sanitize(from.path)}, matched by name` : null;
  }

  #ownSignature({ function: fn, name }: Named): FoundSignature | null {
    const signature = fn === null ? null : signatureOf(this.#own, fn, name);
    return signature === null ? null : { signature, debug: this.#own };
  }

  #otherSignature(copy: Named, other: DebugInfo): FoundSignature | null {
    const raw = copy.raw === null ? null : bareSymbol(copy.raw);
    const same = raw === null ? [] : other.byLinkageName(raw);
    const named = same.length > 0 ? same : this.#named(copy, other);
    const found = named.flatMap((id) => signatureOf(other, other.function(id), copy.name) ?? []);
    const [first] = found;
    return first !== undefined && found.every(({ text }) => text === first.text)
      ? { signature: first, debug: other }
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
