import type { DebugInfo } from '../elf/debug-model.ts';
import type { DebugCopy } from '../elf/function-model.ts';
import type { DebugScope } from '../elf/variable-model.ts';

/** Scopes that are kept for further questions. */
const mostScopes = 32;

/** What the DIEs of copies hold: copies inlined into one function ask for its variables one after the other. */
export class CopyScopes {
  readonly #debug: DebugInfo;
  readonly #known = new Map<number, DebugScope>();

  constructor(debug: DebugInfo) {
    this.#debug = debug;
  }

  /** Throws RsymError `input` where the copy's DIE is damaged. */
  of(copy: DebugCopy): DebugScope {
    const known = this.#known.get(copy.id);
    if (known !== undefined) return known;
    const scope = this.#debug.scope(copy);
    if (this.#known.size >= mostScopes) this.#known.clear();
    this.#known.set(copy.id, scope);
    return scope;
  }
}
