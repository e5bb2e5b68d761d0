import { expect, test } from 'vitest';
import {
  bindings,
  commandFor,
  type HelpMode,
  helpSections,
  hintsFor,
  keyLabel,
  type Mode,
} from '../../src/tui/keys.ts';

const modes: readonly Mode[] = ['list', 'rows', 'selection', 'detail', 'signature', 'launch', 'switch', 'live', 'help'];

test('no key has two meanings in one mode', () => {
  for (const mode of modes) {
    const keys = bindings.filter((binding) => binding.modes.includes(mode)).flatMap((binding) => binding.keys);
    expect(keys.filter((key, i) => keys.indexOf(key) !== i)).toEqual([]);
  }
});

test('where one types, no character is a key once there is text', () => {
  for (const mode of ['list', 'selection', 'signature', 'launch'] as const)
    for (let code = 0x20; code < 0x7f; code++)
      expect(commandFor(mode, String.fromCharCode(code), false), `${mode} ${code}`).toBeUndefined();
});

test('from everywhere there is a way out, a way back and help', () => {
  for (const mode of modes) {
    expect(commandFor(mode, 'ctrl-c', false)).toBe('interrupt');
    expect(commandFor(mode, 'escape', false)).toBe('back');
    expect(commandFor(mode, 'f1', false)).toBe('help');
  }
  for (const mode of ['list', 'rows', 'detail', 'live', 'help'] as const) {
    expect(commandFor(mode, 'q', true)).toBe('quit');
    expect(commandFor(mode, '?', true)).toBe('help');
  }
});

test('every key is in the help of its mode', () => {
  for (const mode of modes.filter((one) => one !== 'help' && one !== 'copied')) {
    const [section] = helpSections(mode as HelpMode);
    const shown = section?.lines.flatMap((line) => line.keys.split(' ')) ?? [];
    for (const binding of bindings.filter((b) => b.modes.includes(mode)))
      for (const key of binding.keys) expect(shown).toContain(keyLabel(key));
  }
});

test('hints name keys that work', () => {
  for (const mode of modes) expect(hintsFor(mode, true).length).toBeGreaterThan(0);
});
