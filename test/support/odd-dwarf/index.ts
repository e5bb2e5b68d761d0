import { oddCompression } from './compression.ts';
import { oddForms } from './forms.ts';
import { oddLengths } from './lengths.ts';
import { oddLines } from './lines.ts';
import { oddNumbers } from './numbers.ts';
import { oddReferences } from './references.ts';
import type { OddFiles } from './unit.ts';

/** Debug info that no compiler writes: each is a whole file, with a function `odd` where it can have one. */
export const oddFiles: OddFiles = {
  ...oddReferences,
  ...oddLengths,
  ...oddNumbers,
  ...oddForms,
  ...oddLines,
  ...oddCompression,
};
