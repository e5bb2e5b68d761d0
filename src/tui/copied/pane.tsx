import type { ReactElement } from 'react';
import { bodyHeight } from '../layout.ts';
import { Row } from '../parts/row.tsx';
import { Rows } from '../parts/rows.tsx';
import type { Theme } from '../parts/theme.ts';
import { boundedTop } from '../parts/window.ts';
import { truncate } from '../parts/wrap.ts';
import type { State } from '../state.ts';
import { copiedLines } from './lines.ts';

type Props = { readonly state: State; readonly copied: NonNullable<State['copied']>; readonly theme: Theme };

/** The command line that was copied, whole, from the left edge: nothing beside it is selected with it. */
export const CopiedPane = ({ state: { size }, copied, theme }: Props): ReactElement => {
  const height = bodyHeight(size);
  const lines = copiedLines(copied.command, size.columns);
  const top = boundedTop(copied.top, lines.length, height);
  const below = lines.length - top - height;
  return (
    <>
      <Rows lines={lines.slice(top, top + height)} height={height} theme={theme} labelWidth={0} />
      <Row text={theme.faint(truncate(below > 0 ? `↓ ${below} more lines` : '', size.columns))} />
    </>
  );
};
