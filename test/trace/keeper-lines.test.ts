import { expect, test } from 'vitest';
import { Lines } from '../../src/trace/keeper/messages.ts';

test('lines come when they are complete, in whatever pieces', () => {
  const text = 'one\ntwo\n\nthree\nrest';
  for (let size = 1; size <= text.length; size++) {
    const lines = new Lines();
    const got: string[] = [];
    for (let at = 0; at < text.length; at += size) got.push(...lines.add(text.slice(at, at + size)));
    expect(got).toEqual(['one', 'two', '', 'three']);
    expect(lines.add('!\n')).toEqual(['rest!']);
  }
});
