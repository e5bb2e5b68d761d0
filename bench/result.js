import { summary } from './statistics.js';

/**
 * One line of the table.
 *
 * @typedef {{median: number, least: number, most: number, runs: number}} Figure
 * @typedef {{
 *   row: string, what: string, rival: string, unit: 'ms' | 'MiB' | 'µs' | '',
 *   rivalFigure: Figure | null, rsymFigure: Figure | null,
 *   ratio: number | null, budget: number | null, met: boolean | null, notes: string[]
 * }} Result
 */

/** @returns {Result} */
export const compared = ({ row, what, rival, unit, rivalValues, rsymValues, budget, notes = [] }) => {
  const rivalFigure = summary(rivalValues);
  const rsymFigure = summary(rsymValues);
  const ratio = rsymFigure.median / rivalFigure.median;
  const met = budget === null ? null : ratio <= budget;
  return { row, what, rival, unit, rivalFigure, rsymFigure, ratio, budget, met, notes };
};

/** A row whose rival isn't there is shown all the same, with the reason. @returns {Result} */
export const notMeasured = ({ row, what, rival, budget, reason }) => ({
  row,
  what,
  rival,
  unit: '',
  rivalFigure: null,
  rsymFigure: null,
  ratio: null,
  budget,
  met: null,
  notes: [`not measured: ${reason}`],
});

/** A figure without a rival, against a limit in its own unit. @returns {Result} */
export const measured = ({ row, what, unit, rsymValues, limit, notes }) => {
  const rsymFigure = summary(rsymValues);
  const met = rsymFigure.median <= limit;
  return { row, what, rival: '-', unit, rivalFigure: null, rsymFigure, ratio: null, budget: null, met, notes };
};
