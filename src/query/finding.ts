/** One thing that must hold for a probe to see events: it does, it doesn't, or rsym can't tell. */
export type Finding = {
  readonly topic: 'file' | 'function' | 'process' | 'rights';
  readonly state: 'good' | 'bad' | 'unknown';
  readonly what: string;
  /** Commands or advice that mend it. */
  readonly fixes: readonly string[];
};

type Topic = Finding['topic'];

export const good = (topic: Topic, what: string): Finding => ({ topic, state: 'good', what, fixes: [] });
export const bad = (topic: Topic, what: string, fixes: readonly string[] = []): Finding => ({
  topic,
  state: 'bad',
  what,
  fixes,
});
export const unknown = (topic: Topic, what: string, fixes: readonly string[] = []): Finding => ({
  topic,
  state: 'unknown',
  what,
  fixes,
});
