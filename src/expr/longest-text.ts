import type { KeyNode, Node } from './tree.ts';

/** Bytes of the longest text that is written in an expression; 0: there is none. */
export const longestText = (node: Node | KeyNode): number => longestIn(node, new Set());

/** Nodes are shared: each is looked at once. */
const longestIn = (node: unknown, seen: Set<object>): number => {
  if (typeof node !== 'object' || node === null || seen.has(node)) return 0;
  seen.add(node);
  if (ArrayBuffer.isView(node)) return node.byteLength;
  let longest = 0;
  for (const part of Object.values(node)) longest = Math.max(longest, longestIn(part, seen));
  return longest;
};
