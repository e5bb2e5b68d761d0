import type { RsymError } from '../../base/errors.ts';
import type { Order, TreeView } from '../../query/browse.ts';
import { emptyField, type Field } from '../parts/field.ts';

export type ListState = {
  readonly search: Field;
  /** The search field has the cursor: letters are text. Else they are keys. */
  readonly isTyping: boolean;
  /** Entries of the browser, in the order shown; of a tree its lines, some of which are branches. */
  readonly rows: Uint32Array;
  /** The functions that were found, whether they are shown or in a branch that is closed. */
  readonly found: Uint32Array;
  /** Nothing was found: these are the functions that may have been meant. */
  readonly isNearest: boolean;
  /** null: it is shown as a list. */
  readonly tree: TreeView | null;
  /** Indices of `rows`. */
  readonly cursor: number;
  readonly top: number;
  /** More rows may be found. */
  readonly searching: boolean;
  /** Why the text can't be searched for. */
  readonly fault: string | null;
  readonly order: Order;
  readonly isTree: boolean;
  /** Branches of the tree, by their paths. */
  readonly open: ReadonlySet<string>;
  /** Functions that were chosen to be traced together. */
  readonly marked: ReadonlySet<number>;
  /** All that was found was marked: what else the same search finds is marked too. */
  readonly markedFound: MarkedFound | null;
  /** Only they are shown. */
  readonly isMarkedOnly: boolean;
  /** Functions that can be listed; null: as many as the file's symbols. */
  readonly count: number | null;
  /** What goes on with debug info; null: it is read, or there is none. */
  readonly debugNote: string | null;
  readonly prompt: Prompt | null;
};

/** Of a search by `text`: the functions that it had found. */
export type MarkedFound = { readonly text: string; readonly rows: ReadonlySet<number> };

/** A name of a file is asked for, to save the marked functions or to mark those of a selection. */
export type Prompt = {
  readonly kind: 'save' | 'load';
  readonly field: Field;
  /** It is there: it is written over when it is said once more. */
  readonly exists: boolean;
  readonly fault: RsymError | null;
};

/** What work on the list tells. */
export type ListNews =
  | {
      readonly kind: 'found';
      /** Functions, also in a tree. */
      readonly rows: Uint32Array;
      readonly done: boolean;
      readonly fault: string | null;
      readonly tree?: TreeView;
      /** Nothing is found: `rows` may have been meant. */
      readonly isNearest?: boolean;
      /** The same search anew: the cursor stays on its function. */
      readonly again?: boolean;
    }
  | { readonly kind: 'debug'; readonly note: string | null; readonly count: number }
  | { readonly kind: 'saved' }
  | { readonly kind: 'exists'; readonly path: string }
  | { readonly kind: 'loaded'; readonly rows: ReadonlySet<number> }
  | { readonly kind: 'refused'; readonly error: RsymError };

/** What is to be on the screen. */
export type Wanted = {
  readonly text: string;
  readonly order: Order;
  /** These alone. */
  readonly among: ReadonlySet<number> | null;
  /** As a tree with these branches open; null: as a list. */
  readonly open: ReadonlySet<string> | null;
};

/** What the list wants done. */
export type ListAsk =
  | ({ readonly kind: 'search' } & Wanted)
  | {
      readonly kind: 'save';
      readonly path: string;
      readonly rows: ReadonlySet<number>;
      /** A file that is there is written over. */
      readonly overwrite: boolean;
    }
  | { readonly kind: 'load'; readonly path: string };

export const newList = (rows: Uint32Array): ListState => ({
  search: emptyField,
  isTyping: true,
  rows,
  found: rows,
  isNearest: false,
  tree: null,
  cursor: 0,
  top: 0,
  searching: false,
  fault: null,
  order: 'relevance',
  isTree: false,
  open: new Set(),
  marked: new Set(),
  markedFound: null,
  isMarkedOnly: false,
  count: null,
  debugNote: null,
  prompt: null,
});

/** The search that a state asks for. */
export const wanted = ({ search, order, isMarkedOnly, marked, isTree, open }: ListState): ListAsk => ({
  kind: 'search',
  text: search.text,
  order,
  among: isMarkedOnly ? marked : null,
  open: isTree ? open : null,
});
