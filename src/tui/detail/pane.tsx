import type { ReactElement } from 'react';
import { RsymError } from '../../base/errors.ts';
import { factsHeight, faultRows } from '../layout.ts';
import { errorLines } from '../parts/error-lines.ts';
import { fieldText } from '../parts/field-row.ts';
import type { Line } from '../parts/line.ts';
import { Row } from '../parts/row.tsx';
import { Rows } from '../parts/rows.tsx';
import type { Theme } from '../parts/theme.ts';
import { truncate } from '../parts/wrap.ts';
import type { State } from '../state.ts';
import { factLines } from './lines.ts';
import type { DetailState } from './state.ts';

type Props = { readonly state: State; readonly detail: DetailState; readonly theme: Theme };

const labelWidth = 12;

/** What is known of one function, and the field for its signature. */
export const DetailPane = ({ state, detail, theme }: Props): ReactElement => {
  const { size, notice } = state;
  const height = factsHeight(state);
  const lines = factLines(state);
  const shown = lines.slice(detail.top, detail.top + height);
  const below = lines.length - detail.top - height;
  const signature = {
    label: 'signature:  ',
    field: detail.signature,
    placeholder: detail.before ? '(i: i32, len: usize) -> i32' : 'none: registers are shown (s to type one)',
    focused: detail.before !== null,
    columns: size.columns,
  };
  return (
    <>
      <Rows lines={shown} height={height} theme={theme} labelWidth={labelWidth} />
      <Row text={fieldText(signature, theme)} />
      <Rows lines={faultLines(detail, size.columns)} height={faultRows(state)} theme={theme} labelWidth={0} />
      <Row text={theme.faint(truncate(notice ?? (below > 0 ? `↓ ${below} more lines` : ''), size.columns))} />
    </>
  );
};

/** The excerpt with its carets stands nearest to the field. */
const faultLines = ({ fault }: DetailState, columns: number): readonly Line[] => {
  if (fault === null) return [];
  if (!fault.reason?.includes('\n')) return errorLines(fault, columns);
  const excerpt = errorLines(new RsymError('usage', '', { reason: fault.reason }), columns).slice(1);
  return [...excerpt, ...errorLines(new RsymError('usage', fault.message, { hints: fault.hints }), columns)];
};
