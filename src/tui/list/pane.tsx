import type { ReactElement } from 'react';
import { hex } from '../../base/units.ts';
import type { Entry } from '../../query/browse.ts';
import { padEnd } from '../../report/terminal-width.ts';
import { listHeight } from '../layout.ts';
import { fieldText } from '../parts/field-row.ts';
import { grouped } from '../parts/number.ts';
import { Row } from '../parts/row.tsx';
import type { Theme } from '../parts/theme.ts';
import { shorten } from '../parts/wrap.ts';
import type { State } from '../state.ts';

type Props = { readonly state: State; readonly theme: Theme; readonly entry: (row: number) => Entry };

/** The search field and the functions found; only those on the screen are looked up. */
export const ListPane = ({ state, theme, entry }: Props): ReactElement => {
  const { list, size } = state;
  const placeholder = 'part of a name, a::glob::*, /regex/, 0xADDRESS';
  const search = { label: 'search: ', field: list.search, placeholder, focused: true, columns: size.columns };
  const status = shorten(list.fault ?? state.notice ?? countText(state), size.columns);
  return (
    <>
      <Row text={fieldText(search, theme)} />
      {Array.from({ length: listHeight(size) }, (_, i) => {
        const row = list.rows[list.top + i];
        const isChosen = list.top + i === list.cursor;
        const text = row === undefined ? '' : entryText(entry(row), isChosen, size.columns, theme);
        // biome-ignore lint/suspicious/noArrayIndexKey: a row of the screen is known by its place
        return <Row key={i} text={i === 0 && row === undefined ? emptyText(state) : text} />;
      })}
      <Row text={theme[list.fault === null ? 'faint' : 'warning'](status)} />
    </>
  );
};

const emptyText = ({ list, file }: State): string => {
  if (list.searching) return '  searching…';
  return file.count === 0 ? `  ${file.note ?? 'nothing to show'}` : '  no name matches';
};

const countText = ({ list, file }: State): string => {
  const count = grouped(list.rows.length);
  if (list.searching) return `${count} so far…`;
  if (list.rows.length !== file.count) return `${count} of ${grouped(file.count)}`;
  return `${count} functions${file.note === null ? '' : ` (${file.note})`}`;
};

const entryText = (entry: Entry, isChosen: boolean, columns: number, theme: Theme): string => {
  const mark = isChosen ? '› ' : '  ';
  const address = columns >= 56 ? `${hex(entry.address).padStart(10)} ` : '';
  const size = columns >= 72 ? `${String(entry.size).padStart(7)} ` : '';
  const numbers = `${address}${size}${address === '' ? '' : ' '}`;
  const room = columns - mark.length - numbers.length;
  const name = shorten(entry.kind === 'ifunc' ? `${entry.name} (IFUNC)` : entry.name, room);
  return isChosen ? theme.chosen(mark + numbers + padEnd(name, room)) : mark + theme.faint(numbers) + name;
};
