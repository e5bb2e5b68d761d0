import type { ErrorCode } from '../base/errors.ts';
import type { PageAsk, PageNews } from './page-model.ts';

/** To the thread that answers for pages. */
export type ToWorker =
  | { readonly kind: 'ask'; readonly id: number; readonly ask: PageAsk }
  | { readonly kind: 'cancel'; readonly id: number };

/** From it. Errors lose their class on the way. */
export type FromWorker = { readonly id: number } & (
  | { readonly kind: 'news'; readonly news: PageNews }
  | {
      readonly kind: 'refused';
      readonly error: {
        readonly code: ErrorCode;
        readonly message: string;
        readonly reason: string | undefined;
        readonly hints: readonly string[];
      };
    }
  | { readonly kind: 'defect'; readonly error: Error }
);
