import { render } from 'ink';
import type { Entry } from '../query/browse.ts';
import { App } from './app.tsx';
import { HoldRow } from './parts/row.tsx';
import type { Theme } from './parts/theme.ts';
import type { State } from './state.ts';
import { Frames } from './terminal/frames.ts';
import { HeldRows } from './terminal/held-rows.ts';

export type View = { readonly draw: (state: State) => void; readonly unmount: () => void };

/**
 * Has Ink draw states as frames, each before `draw` returns. A component that throws is told to `fail`: Ink itself would
 * only print the stack.
 */
export const mount = (
  show: (frame: string) => void,
  theme: () => Theme,
  entry: (row: number) => Entry,
  fail: (error: unknown) => void,
): View => {
  const rows = new HeldRows();
  const ink = render(null, {
    // Ink asks no more of it than what Frames has.
    stdout: new Frames((frame) => show(rows.fill(frame))) as unknown as NodeJS.WriteStream,
    debug: true,
    exitOnCtrlC: false,
    patchConsole: false,
  });
  ink.waitUntilExit().catch(fail);
  return {
    draw: (state) => {
      rows.clear();
      ink.rerender(
        <HoldRow.Provider value={rows.hold}>
          <App state={state} theme={theme()} entry={entry} />
        </HoldRow.Provider>,
      );
    },
    unmount: () => ink.unmount(),
  };
};
