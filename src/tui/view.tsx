import { render } from 'ink';
import type { Entry } from '../query/browse.ts';
import { App } from './app.tsx';
import type { Frames } from './frames.ts';
import type { State } from './state.ts';
import type { Theme } from './theme.ts';

export type View = { readonly draw: (state: State) => void; readonly unmount: () => void };

/**
 * Has Ink draw states as frames, each before `draw` returns. A component that throws is told to `fail`: Ink itself would
 * only print the stack.
 */
export const mount = (
  frames: Frames,
  theme: Theme,
  entry: (row: number) => Entry,
  fail: (error: unknown) => void,
): View => {
  const ink = render(null, {
    // Ink asks no more of it than what Frames has.
    stdout: frames as unknown as NodeJS.WriteStream,
    debug: true,
    exitOnCtrlC: false,
    patchConsole: false,
  });
  ink.waitUntilExit().catch(fail);
  return {
    draw: (state) => ink.rerender(<App state={state} theme={theme} entry={entry} />),
    unmount: () => ink.unmount(),
  };
};
