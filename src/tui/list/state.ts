import { emptyField, type Field } from '../parts/field.ts';

export type ListState = {
  readonly search: Field;
  /** Entries of the browser, in the order shown. */
  readonly rows: Uint32Array;
  /** Indices of `rows`. */
  readonly cursor: number;
  readonly top: number;
  /** More rows may be found. */
  readonly searching: boolean;
  /** Why the text can't be searched for. */
  readonly fault: string | null;
};

/** What work on the list tells. */
export type ListNews = {
  readonly kind: 'found';
  readonly rows: Uint32Array;
  readonly done: boolean;
  readonly fault: string | null;
};

/** What the list wants done. */
export type ListAsk = { readonly kind: 'search'; readonly text: string };

export const newList = (rows: Uint32Array): ListState => ({
  search: emptyField,
  rows,
  cursor: 0,
  top: 0,
  searching: false,
  fault: null,
});
