import { Box } from 'ink';
import type { ReactElement } from 'react';
import { sanitize } from '../base/text.ts';
import type { Entry } from '../query/browse.ts';
import { CopiedPane } from './copied/pane.tsx';
import { DetailPane } from './detail/pane.tsx';
import { hintsText } from './help/hints.ts';
import { HelpPane } from './help/pane.tsx';
import { LaunchPane } from './launch/pane.tsx';
import { fits, smallest } from './layout.ts';
import { ListPane } from './list/pane.tsx';
import { LivePane } from './live/pane.tsx';
import { Row } from './parts/row.tsx';
import type { Theme } from './parts/theme.ts';
import { titleText } from './parts/title.ts';
import { truncate } from './parts/wrap.ts';
import type { State } from './state.ts';

type Props = {
  readonly state: State;
  readonly theme: Theme;
  /** Looks up one line of the list. */
  readonly entry: (row: number) => Entry;
};

/** The whole screen: exactly `state.size.rows` lines. */
export const App = ({ state, theme, entry }: Props): ReactElement => {
  const { size } = state;
  if (!fits(size)) return <Row text={truncate(`the least is ${smallest.columns}x${smallest.rows}`, size.columns)} />;
  return (
    <Box flexDirection="column" width={size.columns} height={size.rows}>
      <Row text={titleText(titleOf(state), rightOf(state), size.columns, theme)} />
      <Pane state={state} theme={theme} entry={entry} />
      <Row text={theme.faint(hintsText(state))} />
    </Box>
  );
};

const Pane = ({ state, theme, entry }: Props): ReactElement => {
  const { detail, live, level } = state;
  if (state.copied !== null) return <CopiedPane state={state} copied={state.copied} theme={theme} />;
  if (state.help !== null) return <HelpPane state={state} top={state.help} theme={theme} />;
  if (level === 'detail' && detail) return <DetailPane state={state} detail={detail} theme={theme} />;
  if (level === 'launch') return <LaunchPane state={state} theme={theme} />;
  if (level === 'live' && live) return <LivePane state={state} live={live} theme={theme} />;
  return <ListPane state={state} theme={theme} entry={entry} />;
};

const titleOf = ({ copied, help, level, detail, launch, live, file }: State): string => {
  if (copied !== null) return 'rsym: the command that does the same';
  if (help !== null) return 'rsym: keys';
  if (level === 'live' && live) return live.request.title;
  if (level === 'list') return `rsym ${sanitize(file.path)}`;
  if (level === 'launch') return launch.targets.title;
  return detail?.facts?.title ?? 'rsym';
};

const rightOf = ({ copied, help, level, file }: State): string =>
  copied === null && help === null && level !== 'list' ? sanitize(file.path.slice(file.path.lastIndexOf('/') + 1)) : '';
