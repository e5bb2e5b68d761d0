import type { Dice } from './dice.ts';
import type { RustType } from './rust-type.ts';

const integers = ['i8', 'u8', 'i16', 'u16', 'i32', 'u32', 'i64', 'u64', 'isize', 'usize', 'i128', 'u128'] as const;
const width = { i8: 8, u8: 8, i16: 16, u16: 16, i32: 32, u32: 32, i64: 64, u64: 64, isize: 64, usize: 64 } as const;

export const integer = (dice: Dice, type: (typeof integers)[number] = dice.pick(integers)): RustType => {
  const value = (): string => {
    if (type === 'i128' || type === 'u128') return `0x${dice.hex(30)}_${type}`;
    const digits = dice.hex(width[type] / 4);
    return type.startsWith('i') ? `(0x${digits}_${type.replace('i', 'u')} as ${type})` : `0x${digits}_${type}`;
  };
  return { text: type, value, copy: true };
};

export const scalar = (dice: Dice): RustType => {
  const simple = (text: string, value: () => string): RustType => ({ text, value, copy: true });
  return dice.weighted([
    [10, () => integer(dice)],
    [2, () => simple('f32', () => `${dice.below(9999)}.25f32`)],
    [3, () => simple('f64', () => `${dice.below(99999)}.5f64`)],
    [1, () => simple('bool', () => (dice.below(2) === 0 ? 'false' : 'true'))],
    [1, () => simple('char', () => `'\\u{${(0x21 + dice.below(0xd000)).toString(16)}}'`)],
  ])();
};

export const zeroSized = (dice: Dice): RustType => {
  const simple = (text: string, value = text): RustType => ({ text, value: () => value, copy: true });
  return dice.pick([
    () => simple('()'),
    () => simple('Zst'),
    () => simple('PhantomData<u64>', 'PhantomData'),
    () => simple('[u64; 0]', '[]'),
    () => simple('((), Zst)'),
  ])();
};
