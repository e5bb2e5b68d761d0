/**
 * Of each block of so many calls one is taken, another one each time: what a program does at every so many calls would else be
 * seen always or never. Of the first block it is the first call. A block's number, multiplied by this, gives the place (the
 * golden ratio's fraction, which spreads successive numbers evenly).
 */
export const spread = 0x9e37_79b9_7f4a_7c15n;

/** Which call of a block of `one` calls is taken, from 0. */
const placeIn = (block: number, one: number): number =>
  Number((BigInt.asUintN(64, BigInt(block) * spread) >> 32n) % BigInt(one));

/** Whether the call with this number, from 0, is the one in `one` that is taken. */
export const isSample = (call: number, one: number): boolean => call % one === placeIn(Math.floor(call / one), one);

/** How many of the first `calls` are taken. */
export const samplesAmong = (calls: number, one: number): number => {
  const blocks = Math.floor(calls / one);
  return blocks + (calls % one > placeIn(blocks, one) ? 1 : 0);
};
