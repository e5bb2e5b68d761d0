import { RsymError } from '../base/errors.ts';
import type { DebugInfo } from '../elf/debug-model.ts';
import { calledFunction } from './called-function.ts';
import { CodeReferences } from './code-references.ts';
import { CodeFacts } from './copy-code-facts.ts';
import type { CopyFlows } from './copy-flows.ts';
import { CopyScopes } from './copy-scopes.ts';
import type { ImageCode } from './exits.ts';
import { InlinedValues } from './inlined-values.ts';
import { OutOfLineValues } from './out-of-line-values.ts';
import type { SelectedCopy, SelectSources } from './select-model.ts';
import type { ShownValues } from './shown-values.ts';
import { UnoptimisedCrates } from './unoptimised-crates.ts';

/** Nobody writes more; damaged debug info may claim any number. */
const mostParameters = 255;

/** Works out where values are; what serves several copies is found once. */
export class CopyValues {
  readonly #debug: DebugInfo;
  readonly #scopes: CopyScopes;
  readonly #outOfLine: OutOfLineValues;
  readonly #inlined: InlinedValues;

  constructor(sources: SelectSources, code: ImageCode, flows: CopyFlows) {
    const { image, symbols, debug } = sources;
    const facts = new CodeFacts(sources, code);
    this.#debug = debug;
    this.#scopes = new CopyScopes(debug);
    const references = new CodeReferences(image, symbols, code.code);
    this.#outOfLine = new OutOfLineValues({
      code: code.code,
      flows,
      facts,
      references,
      crates: new UnoptimisedCrates(debug),
    });
    this.#inlined = new InlinedValues({ debug, scopes: this.#scopes, flows, facts });
  }

  /** Null where debug info tells no parameters and types of the copy. Throws RsymError `input` where it is damaged. */
  of(selected: SelectedCopy): ShownValues | null {
    const { types } = this.#debug;
    if (types === null || selected.debugCopy === null || selected.function === null) return null;
    const copy = this.#debug.copy(selected.debugCopy);
    const scope = this.#scopes.of(copy);
    if (scope.language === 'other') return null;
    const fn = calledFunction(selected, scope, types);
    if (fn.parameters.length > mostParameters)
      throw new RsymError('input', `it has ${fn.parameters.length} parameters`);
    return copy.kind === 'inlined' ? this.#inlined.of(copy, scope, fn) : this.#outOfLine.of(selected, copy, scope, fn);
  }
}
