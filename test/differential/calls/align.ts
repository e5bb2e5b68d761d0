/**
 * A partner of `b` for each of `a`, or null, in the order of both. As many as possible are paired, so that nothing that
 * disagrees is left out of the account; where there are more of one, those are paired that agree best.
 */
export const align = <A, B>(a: readonly A[], b: readonly B[], agreement: (a: A, b: B) => number): (B | null)[] => {
  if (a.length === b.length) return [...b];
  const width = b.length + 1;
  // Best of the first i of `a` and the first j of `b`; a pair outweighs every disagreement.
  const pair = 1000;
  const best = new Float64Array((a.length + 1) * width);
  const scores = new Float64Array((a.length + 1) * width);
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const at = i * width + j;
      scores[at] = pair + agreement(a[i - 1]!, b[j - 1]!);
      best[at] = Math.max(best[at - width]!, best[at - 1]!, best[at - width - 1]! + scores[at]!);
    }
  }
  const partners: (B | null)[] = a.map(() => null);
  let i = a.length;
  let j = b.length;
  while (i > 0 && j > 0) {
    const at = i * width + j;
    if (best[at] === best[at - width - 1]! + scores[at]!) {
      partners[i - 1] = b[j - 1]!;
      i -= 1;
      j -= 1;
    } else if (best[at] === best[at - width]) i -= 1;
    else j -= 1;
  }
  return partners;
};
