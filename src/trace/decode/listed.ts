import { hex } from '../../base/units.ts';
import { type JsonValue, missing, missingAt, type Shown, type Why } from './shown.ts';

export type Brackets = readonly [open: string, close: string];
export const square: Brackets = ['[', ']'];
export const curly: Brackets = ['{', '}'];

/** Elements of which there are `total`; that some aren't shown is marked. */
export const listed = (
  parts: readonly Shown[],
  total: bigint,
  [open, close]: Brackets = square,
  isWhole = BigInt(parts.length) === total,
): Shown => {
  const values: JsonValue[] = [];
  let inner = '';
  for (const { value, text } of parts) {
    values.push(value);
    inner += values.length === 1 ? text : `, ${text}`;
  }
  if (isWhole) return { value: values, text: open + inner + close };
  const rest = `… ${total} in all`;
  return {
    value: { $items: values, $len: total.toString() },
    text: `${open}${parts.length === 0 ? '' : `${inner}, `}${rest}${close}`,
  };
};

/** Elements of which only the number is known: nobody read them, or the record was full before. */
export const unlisted = (why: Why, total: bigint, address: bigint, [open, close]: Brackets = square): Shown => {
  if (why === 'unreadable') return missingAt(why, address);
  const text = why === 'depth' ? `${total} at ${hex(address)}` : `… ${total} in all`;
  return { value: { $items: [], $len: total.toString() }, text: open + text + close };
};

/** A key and a value as one element of a map. */
export const entry = (key: Shown | undefined, value: Shown | undefined): Shown => {
  const left = key ?? missing('unknown');
  const right = value ?? missing('unknown');
  return { value: [left.value, right.value], text: `${left.text}: ${right.text}` };
};
