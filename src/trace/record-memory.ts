import { RsymError } from '../base/errors.ts';

/** Memory that records lie in and that its owner gives back: reading it later is an error, not a fault of the process. */
export class RecordMemory {
  #view: DataView | null;

  constructor(view: DataView) {
    this.#view = view;
  }

  get view(): DataView {
    if (this.#view === null) throw new RsymError('internal', 'an event was read after its trace had ended');
    return this.#view;
  }

  /** Nothing reads it from now on. */
  close(): void {
    this.#view = null;
  }
}
