import type { ListOptions, OpenedImage, Remark } from '../query/list.ts';
import { type InlinedListing, listInlined } from '../query/list-inlined.ts';
import type { LsFlags } from './ls.ts';

// What only a listing with inlined functions needs; without them no debug info is read, and none of this is loaded.
export { inlinedDocument, inlinedNm, inlinedText } from '../report/list-inlined.ts';

export const listings = (
  image: OpenedImage,
  options: ListOptions,
  { debugFile }: LsFlags,
  remark: (remark: Remark) => void,
): Generator<InlinedListing> =>
  listInlined(image, debugFile === undefined ? options : { ...options, debugFile }, remark);
