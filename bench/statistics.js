/** @param {readonly number[]} values at least one */
export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** @param {readonly number[]} values */
export const summary = (values) => ({
  median: median(values),
  least: Math.min(...values),
  most: Math.max(...values),
  runs: values.length,
});
