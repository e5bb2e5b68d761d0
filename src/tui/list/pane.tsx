import type { ReactElement } from 'react';
import { branchIndex, type Entry, highlighter } from '../../query/browse.ts';
import { hasHeadings, listHeight } from '../layout.ts';
import { fieldText } from '../parts/field-row.ts';
import { Row } from '../parts/row.tsx';
import type { Theme } from '../parts/theme.ts';
import { shorten, truncate } from '../parts/wrap.ts';
import type { State } from '../state.ts';
import { type Columns, columnsFor, headings } from './columns.ts';
import { branchText, entryText } from './line-text.ts';
import type { Prompt } from './state.ts';
import { statusText } from './status.ts';

type Props = { readonly state: State; readonly theme: Theme; readonly entry: (row: number) => Entry };

/** The search field and the functions found; only those on the screen are looked up. */
export const ListPane = ({ state, theme, entry }: Props): ReactElement => {
  const { list, size } = state;
  const columns = columnsFor(size.columns);
  const lines = linesOf(state, columns, entry, theme);
  return (
    <>
      <Row text={fieldRow(state, theme)} />
      {hasHeadings(size) && <Row text={theme.faint(headings(columns))} />}
      {Array.from({ length: listHeight(size) }, (_, i) => {
        const text = lines[i] ?? '';
        // biome-ignore lint/suspicious/noArrayIndexKey: a row of the screen is known by its place
        return <Row key={i} text={i === 0 && list.rows.length === 0 ? emptyText(state) : text} />;
      })}
      <Row text={statusRow(state, theme)} />
    </>
  );
};

const linesOf = ({ list, size }: State, columns: Columns, entry: Props['entry'], theme: Theme): string[] => {
  const { tree, rows, top, cursor, marked } = list;
  const ranges = highlighter(list.search.text);
  return Array.from(rows.subarray(top, top + listHeight(size)), (line, i) => {
    const at = tree ? branchIndex(line) : null;
    const branch = at === null ? null : tree?.branches[at];
    const look = { isChosen: top + i === cursor, isMarked: marked.has(line), depth: tree?.depths[top + i] ?? 0 };
    return branch ? branchText(branch, look, columns, theme) : entryText(entry(line), look, columns, ranges, theme);
  });
};

const questions: Readonly<Record<Prompt['kind'], string>> = {
  save: 'save the marked functions to: ',
  load: 'mark the functions of: ',
};

const fieldRow = ({ list, size }: State, theme: Theme): string => {
  const { prompt, search, isTyping } = list;
  const { columns } = size;
  if (prompt) {
    const label = questions[prompt.kind];
    return fieldText({ label, field: prompt.field, placeholder: 'a file', focused: true, columns }, theme);
  }
  const placeholder = 'part of a name, a::b, a::glob::*, /regex/, 0xADDRESS';
  return fieldText({ label: 'search: ', field: search, placeholder, focused: isTyping, columns }, theme);
};

const statusRow = (state: State, theme: Theme): string => {
  const { list, notice, size } = state;
  const { prompt } = list;
  const warning = prompt ? promptWarning(prompt) : list.fault;
  if (warning !== null) return theme.warning(truncate(warning, size.columns));
  return theme.faint(shorten(notice ?? statusText(state), size.columns));
};

const promptWarning = ({ fault, exists }: Prompt): string | null => {
  if (fault) return [fault.message, fault.reason].filter((part) => part).join(': ');
  return exists ? 'the file is there: Enter writes over it' : null;
};

const emptyText = ({ list, file }: State): string => {
  if (list.searching) return '  searching…';
  if (list.tree?.isWhole === false) return '  growing the tree…';
  if (list.isMarkedOnly && list.search.text === '') return '  nothing is marked';
  return file.count === 0 ? `  ${file.note ?? 'nothing to show'}` : '  no name matches';
};
