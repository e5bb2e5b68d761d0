/** How long something is measured, and when readings are given. */
export type Times = {
  readonly signal?: AbortSignal;
  readonly seconds?: number;
  /** Seconds between readings; undefined: only the last is given. */
  readonly interval?: number;
};

/** Those of a request. */
export const timesOf = ({ signal, seconds, interval }: Times): Times => ({
  ...(signal === undefined ? {} : { signal }),
  ...(seconds === undefined ? {} : { seconds }),
  ...(interval === undefined ? {} : { interval }),
});

/** What is measured, as readings. It begins with the first one that is asked for. */
export type Measurement<Watch, Reading> = AsyncIterable<Reading> & {
  /** What is measured, known before it begins. */
  readonly watch: Watch;
  /** Ends it: the loop gets the last reading. */
  readonly stop: () => void;
};

type Readings<Reading> = { readonly readings: () => AsyncGenerator<Reading, void, void> };

/** Plans a measurement that its user can stop, and whoever has the request's signal too. */
export const measurement = <Request extends Times, Reading, Watch extends Readings<Reading>>(
  request: Request,
  plan: (request: Request) => Watch & Readings<Reading>,
): Measurement<Watch, Reading> => {
  const own = new AbortController();
  const signal = request.signal ? AbortSignal.any([request.signal, own.signal]) : own.signal;
  const watch = plan({ ...request, signal });
  const readings = watch.readings();
  return { watch, stop: () => own.abort(), [Symbol.asyncIterator]: () => readings };
};
