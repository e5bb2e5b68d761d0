import { createRequire } from 'node:module';

type Measure = (text: string) => number;

let measure: Measure | undefined;

/**
 * Terminal columns of any text, by the library, which takes a while to load: few texts have anything but plain characters.
 */
export const textWidth: Measure = (text) => {
  measure ??= (createRequire(import.meta.url)('string-width') as { readonly default: Measure }).default;
  return measure(text);
};
