import type { ReactElement } from 'react';
import { sanitize } from '../../base/text.ts';
import { hex } from '../../base/units.ts';
import { mostInstructions } from '../../query/source-code.ts';
import { keyFor } from '../keys.ts';
import { codeHeight, factsHeight, faultRows } from '../layout.ts';
import { faultLines } from '../parts/fault-lines.ts';
import { fieldText } from '../parts/field-row.ts';
import { grouped } from '../parts/number.ts';
import { Row } from '../parts/row.tsx';
import { Rows } from '../parts/rows.tsx';
import type { Theme } from '../parts/theme.ts';
import { truncate } from '../parts/wrap.ts';
import type { State } from '../state.ts';
import { type CodeState, codeLines, codeRowCount, copiesOf } from './code.ts';
import { pageOf } from './page.ts';
import type { DetailState } from './state.ts';

type Props = { readonly state: State; readonly detail: DetailState; readonly theme: Theme };

/** What is known of one function, and the field for its signature; or its instructions. */
export const DetailPane = ({ state, detail, theme }: Props): ReactElement =>
  detail.code === null ? (
    <PagePane state={state} detail={detail} theme={theme} />
  ) : (
    <CodePane state={state} detail={detail} code={detail.code} theme={theme} />
  );

const PagePane = ({ state, detail, theme }: Props): ReactElement => {
  const { size, notice } = state;
  const height = factsHeight(state);
  const { lines } = pageOf(detail, size.columns);
  const shown = lines.slice(detail.top, detail.top + height);
  const below = lines.length - detail.top - height;
  const signature = {
    label: 'signature:  ',
    field: detail.signature,
    placeholder: detail.before ? '(i: i32, len: usize) -> i32' : `none is given (${keyFor('sign')} to type one)`,
    focused: detail.before !== null,
    columns: size.columns,
  };
  return (
    <>
      <Rows lines={shown} height={height} theme={theme} labelWidth={0} />
      <Row text={fieldText(signature, theme)} />
      <Rows lines={faultLines(detail.fault, size.columns)} height={faultRows(state)} theme={theme} labelWidth={0} />
      <Row text={theme.faint(truncate(notice ?? (below > 0 ? `↓ ${below} more lines` : ''), size.columns))} />
    </>
  );
};

const CodePane = ({ state, detail, code, theme }: Props & { readonly code: CodeState }): ReactElement => {
  const { size, notice } = state;
  const height = codeHeight(state);
  const rows = codeRowCount(code, size.columns);
  const below = Math.max(0, rows - code.top - height);
  const left = code.isWhole ? endText(code, rows) : 'reading…';
  const status = notice ?? [left, below > 0 ? `↓ ${grouped(below)} more lines` : ''].filter(Boolean).join(' · ');
  return (
    <>
      <Row text={theme.label(truncate(copyText(detail, code), size.columns))} />
      <Rows lines={codeLines(detail, code, size.columns, height)} height={height} theme={theme} labelWidth={0} />
      <Row text={theme.faint(truncate(status, size.columns))} />
    </>
  );
};

const endText = ({ chunks }: CodeState, rows: number): string => {
  if (rows === 0) return 'there is no code of it here';
  const count = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  return count < mostInstructions ? '' : `only the first ${grouped(mostInstructions)} instructions are shown`;
};

const copyText = ({ functions }: DetailState, code: CodeState): string => {
  const copies = copiesOf(functions);
  const copy = copies[code.copy];
  if (copy === undefined) return '';
  const which = copies.length === 1 ? '' : `copy ${code.copy + 1} of ${copies.length}: `;
  const into = copy.callers[0] === undefined ? '' : ` into ${sanitize(copy.callers[0].name)}`;
  return `${which}${copy.kind}${into} at ${hex(copy.address)}, ${copy.size} bytes; → a call begins, ← it ends`;
};
