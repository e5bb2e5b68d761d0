/** @import { Figure, Result } from './result.js' */

const digits = (value) => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2));

/** @param {Figure | null} figure */
const figureText = (figure, unit) => {
  if (figure === null) return '-';
  const spread = figure.runs > 1 ? ` (${digits(figure.least)}–${digits(figure.most)})` : '';
  return `${digits(figure.median)} ${unit}${spread}`.trim();
};

const metText = ({ met, ratio }) => (met === null ? (ratio === null ? 'not measured' : '-') : met ? 'yes' : 'NO');

const headings = ['row', 'what', 'rival', "rival's figure", "rsym's figure", 'ratio', 'budget', 'met'];

/** @param {Result} result */
const cells = (result) => [
  result.row,
  result.what,
  result.rival,
  figureText(result.rivalFigure, result.unit),
  figureText(result.rsymFigure, result.unit),
  result.ratio === null ? '-' : `${result.ratio.toFixed(2)}×`,
  result.budget === null ? '-' : `≤ ${result.budget}×`,
  metText(result),
];

/** A Markdown table with aligned columns, and each row's notes below it. @param {readonly Result[]} results */
export const tableText = (results) => {
  const lines = [headings, ...results.map(cells)];
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const rowText = (line) => `| ${line.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  const notes = results.flatMap(({ row, what, notes }) => notes.map((note) => `- ${row}, ${what}: ${note}`));
  const [heading, ...rest] = lines.map(rowText);
  return `${[heading, rule, ...rest, ...(notes.length > 0 ? ['', ...notes] : [])].join('\n')}\n`;
};
