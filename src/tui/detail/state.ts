import { RsymError } from '../../base/errors.ts';
import type { FunctionFacts, ProbeFacts } from '../../query/browse.ts';
import { readSignature } from '../../query/given-signature.ts';
import type { Field } from '../parts/field.ts';

export type DetailState = {
  readonly row: number;
  /** null until they are looked up. */
  readonly facts: FunctionFacts | null;
  readonly probe: ProbeFacts | null;
  readonly top: number;
  readonly signature: Field;
  /** What the field goes back to when editing is given up; null: it isn't being edited. */
  readonly before: Field | null;
  readonly fault: RsymError | null;
};

export type DetailNews =
  | { readonly kind: 'facts'; readonly facts: FunctionFacts }
  | { readonly kind: 'probe'; readonly row: number; readonly probe: ProbeFacts };

export type DetailAsk = { readonly kind: 'inspect'; readonly row: number };

/** The signature that was typed; null until the function is looked up. */
export const given = ({ facts, signature }: DetailState): ReturnType<typeof readSignature> | null => {
  if (facts === null) return null;
  if (!facts.isInlined) return readSignature(signature.text, facts.name, facts.address);
  if (signature.text.trim() === '') return { ok: true, spec: facts.spec, shown: null };
  return { ok: false, error: new RsymError('usage', 'a function that is inlined has no registers of its own') };
};
