/**
 * Up to which position a ring is free: as far as it was read, or up to the first record that is still needed. Positions
 * only grow; records lie at a position modulo the ring's size, a power of two.
 *
 * @param held where in the ring the records begin that are needed, each between the two positions
 */
export const freeUpTo = (released: number, read: number, held: readonly number[], size: number): number => {
  const mask = size - 1;
  const first = released & mask;
  let free = read - released;
  for (const offset of held) {
    const before = (offset - first) & mask;
    if (before < free) free = before;
  }
  return released + free;
};
