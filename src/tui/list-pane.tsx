import { Text } from 'ink';
import type { ReactElement } from 'react';
import { hex } from '../base/units.ts';
import type { Entry } from '../query/browse.ts';
import { padEnd, truncateMiddle } from '../report/terminal-width.ts';
import { FieldLine } from './field-line.tsx';
import { listHeight } from './layout.ts';
import { grouped } from './lines.ts';
import type { State } from './state.ts';
import type { Theme } from './theme.ts';

type Props = { readonly state: State; readonly theme: Theme; readonly entry: (row: number) => Entry };

/** The search field and the functions found; only those on the screen are looked up. */
export const ListPane = ({ state, theme, entry }: Props): ReactElement => {
  const { list, size } = state;
  const shown = [...list.rows.subarray(list.top, list.top + listHeight(size))];
  return (
    <>
      <FieldLine
        label="search: "
        field={list.search}
        placeholder="part of a name, a::glob::*, /regex/, 0xADDRESS"
        focused
        columns={size.columns}
        theme={theme}
      />
      {Array.from({ length: listHeight(size) }, (_, i) => {
        const row = shown[i];
        // biome-ignore-start lint/suspicious/noArrayIndexKey: a row of the screen is known by its place
        if (row === undefined) return <Text key={i}>{i === 0 ? emptyText(state) : ' '}</Text>;
        const isChosen = list.top + i === list.cursor;
        return <FunctionRow key={i} entry={entry(row)} isChosen={isChosen} columns={size.columns} theme={theme} />;
        // biome-ignore-end lint/suspicious/noArrayIndexKey: a row of the screen is known by its place
      })}
      <Text wrap="truncate" {...(list.fault === null ? theme.faint : theme.warning)}>
        {truncateMiddle(list.fault ?? state.notice ?? countText(state), size.columns)}
      </Text>
    </>
  );
};

const emptyText = ({ list, file }: State): string => {
  if (list.searching) return '  searching…';
  return file.count === 0 ? `  ${file.note ?? 'nothing to show'}` : '  no name matches';
};

const countText = ({ list, file }: State): string =>
  list.searching
    ? `${grouped(list.rows.length)} so far…`
    : list.rows.length === file.count
      ? `${grouped(file.count)} functions${file.note === null ? '' : ` (${file.note})`}`
      : `${grouped(list.rows.length)} of ${grouped(file.count)}`;

type RowProps = {
  readonly entry: Entry;
  readonly isChosen: boolean;
  readonly columns: number;
  readonly theme: Theme;
};

const FunctionRow = ({ entry, isChosen, columns, theme }: RowProps): ReactElement => {
  const mark = isChosen ? '› ' : '  ';
  const numbers =
    columns >= 72
      ? `${hex(entry.address).padStart(10)} ${String(entry.size).padStart(7)}  `
      : columns >= 56
        ? `${hex(entry.address).padStart(10)}  `
        : '';
  const name = entry.kind === 'ifunc' ? `${entry.name} (IFUNC)` : entry.name;
  const room = columns - mark.length - numbers.length;
  return (
    <Text wrap="truncate" {...(isChosen ? theme.chosen : {})}>
      {mark}
      <Text {...(isChosen ? {} : theme.faint)}>{numbers}</Text>
      {padEnd(truncateMiddle(name, room), room)}
    </Text>
  );
};
