import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { program } from './cli.ts';
import { fixture } from './fixtures.ts';
import type { Feature } from './need.ts';
import { Temporary } from './temporary.ts';
import { type Screen, Terminal } from './terminal.ts';

/*
 * Pages of docs show the screen as it is: a comment `<!-- screen NAME -->` stands above a fenced block, whose text is what a
 * terminal shows at that step of the tour below. `node scripts/screens.js --write` renders the tour and writes the blocks.
 */

type Tour = {
  readonly columns: number;
  readonly rows: number;
  readonly needs: readonly Feature[];
  readonly steps: readonly Step[];
};

type Step = {
  readonly name: string;
  /** What is typed or pressed before. */
  readonly act: (terminal: Terminal) => void;
  /** What shows that the screen is there. */
  readonly until: RegExp;
};

/** The guide's way, on the program that it has its reader unpack. Each step begins where the one before ends. */
const tours: readonly Tour[] = [
  {
    columns: 80,
    rows: 24,
    needs: ['linux', 'tmux', 'kernel'],
    steps: [
      {
        name: 'picker',
        act: (terminal) => terminal.type('hello'),
        // Copies are told once debug info is read.
        until: /^search: hello[\s\S]*^› +0x[0-9a-f]+ +\d+ +\d+ {2}\S+hello$[\s\S]*\d+ of \d+$/m,
      },
      { name: 'detail', act: (terminal) => terminal.press('Enter'), until: /^probes +\d+ probes/m },
      {
        name: 'launch',
        act: (terminal) => terminal.type('t1 2 3 4'),
        until: /arguments: 1 2 3 4/,
      },
      { name: 'live', act: (terminal) => terminal.press('Enter'), until: /ended · .* 4 calls/ },
      { name: 'call', act: (terminal) => terminal.press('Up', 'Up', 'Enter'), until: /call \d of \d/ },
      {
        name: 'output',
        act: (terminal) => terminal.press('Escape', 'Tab', 'Tab', 'Tab'),
        until: /\[Output 8\]/,
      },
    ],
  },
];

export const tourNeeds: readonly Feature[] = [...new Set(tours.flatMap(({ needs }) => needs))];

/**
 * What differs from run to run, replaced by signs of the same meaning: digits of times, process ids and rates by `#`, a
 * duration by `##.#µs` at the right edge of its field. The guide tells this rule.
 */
export const withoutChance = (screen: string): string =>
  screen
    .replace(/\b\d+\.\d{6}\b/g, '#.######')
    .replace(/^(took +)\d+(?:\.\d+)?(?:ns|µs|ms|s)\b/gm, '$1##.#µs')
    .replace(/( *)\b\d+(?:\.\d+)?(?:ns|µs|ms|s)\b/g, (field, { length }: string) =>
      length > 1 ? '##.#µs'.padStart(field.length) : `${field.slice(0, length)}##.#µs`,
    )
    .replace(/\bPID \d+/g, 'PID ####')
    .replace(/\(\d+ ns\)/g, '(#### ns)')
    .replace(/\bthread( +)\d+ (.*) process \d+/g, 'thread$1#### $2 process ####')
    .replace(/[\d,.]+\/s\b/g, '#/s')
    .replace(/ +$/gm, '');

/** All screens by their names. Throws where one doesn't come. */
export const renderScreens = async (): Promise<ReadonlyMap<string, string>> => {
  const screens = new Map<string, string>();
  using folder = new Temporary();
  copyFileSync(fixture('hello/full-debug'), join(folder.path, 'helloworld'));
  for (const { columns, rows, steps } of tours) {
    // As a user types it, so that the path shown is theirs.
    await using terminal = new Terminal([process.execPath, program, './helloworld'], {
      width: columns,
      height: rows,
      cwd: folder.path,
      env: { RSYM_CACHE: 'off' },
    });
    await terminal.waitFor(/\d+ functions/);
    for (const { name, act, until } of steps) {
      act(terminal);
      await terminal.waitFor((screen) => until.test(screen.text));
      screens.set(name, withoutChance((await settled(terminal)).text));
    }
    terminal.press('C-c');
  }
  return screens;
};

/** A frame may come in two parts; two looks that agree show a whole one. */
const settled = async (terminal: Terminal): Promise<Screen> => {
  let before = '';
  return await terminal.waitFor(({ text }) => {
    const isSame = text === before;
    before = text;
    return isSame;
  });
};

const block = /^<!-- screen (\S+) -->\n```text\n([\s\S]*?)^```$/gm;

/** The screens that a page shows, by name. */
export const screensIn = (page: string): ReadonlyMap<string, string> =>
  new Map(Array.from(page.matchAll(block), ([, name = '', text = '']) => [name, text.replace(/\n$/, '')]));

export const withScreens = (page: string, screens: ReadonlyMap<string, string>): string =>
  page.replace(block, (whole, name: string) => {
    const screen = screens.get(name);
    return screen === undefined ? whole : `<!-- screen ${name} -->\n\`\`\`text\n${screen}\n\`\`\``;
  });

/** Pages that show screens, relative to the project. */
export const pagesWithScreens = ['README.md', 'docs/first-ten-minutes.md'] as const;

const root = fileURLToPath(new URL('../..', import.meta.url));

/** For `scripts/screens.js`: compares the pages with what is rendered now, or writes them. Gives the exit status. */
export const checkPages = async (isWriting: boolean, say: (line: string) => void): Promise<number> => {
  const screens = await renderScreens();
  let status = 0;
  for (const page of pagesWithScreens) {
    const before = readFileSync(join(root, page), 'utf8');
    for (const name of screensIn(before).keys())
      if (!screens.has(name)) {
        say(`${page}: there is no screen ${name}; there are ${[...screens.keys()].join(', ')}`);
        status = 1;
      }
    const after = withScreens(before, screens);
    if (after === before) continue;
    if (isWriting) writeFileSync(join(root, page), after);
    else status = 1;
    say(`${page}: ${isWriting ? 'written' : 'shows other screens than there are'}`);
  }
  return status;
};
