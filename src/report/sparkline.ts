const steps = '▁▂▃▄▅▆▇█';

/** One character for each number, as high as it is against the largest; what is not nothing is higher than nothing. */
export const sparkline = (values: readonly number[]): string => {
  const most = Math.max(1, ...values);
  const levels = steps.length - 1;
  return values.map((value) => steps[value <= 0 ? 0 : Math.max(1, Math.round((value / most) * levels))]).join('');
};
