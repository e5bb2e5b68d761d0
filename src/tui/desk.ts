/** Where work gets its time, and tells what it found. */
export type Desk<News> = {
  /** Changes the state; the next frame shows it. */
  readonly tell: (news: News) => void;
  /** After what is to be seen now has been drawn, if it is still wanted then; draws when it has told something. */
  readonly later: (isWanted: () => boolean, work: () => void) => void;
  /** Draws before long: news comes faster than anybody reads. */
  readonly drawSoon: () => void;
  /** A sentence for the user, shown until the next key. */
  readonly notice: (text: string) => void;
  /** Something that should not happen: ends the screen. */
  readonly fail: (error: unknown) => void;
};
