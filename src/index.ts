/**
 * The library: what the commands answer, as data. Nothing here prints, reads arguments or ends the process. Functions
 * throw RsymError, whose `code` says what kind of trouble it is.
 */
export {
  type Count,
  type CountedCalls,
  type CountedCopy,
  type CountedFunction,
  type CountReading,
  type CountRequest,
  type CountWatch,
  count,
  type FunctionCalls,
  planCount,
  type UncountedCopy,
} from './query/count.ts';
export {
  type CopyCalls,
  type CountBy,
  type CountByReading,
  type CountByRequest,
  type CountByWatch,
  countBy,
  type GroupCalls,
  type GroupedCalls,
  planCountBy,
  type UngroupedCalls,
} from './query/count-by.ts';
export { type DemangledName, demangle, demangleText, findNames, toText } from './query/demangle.ts';
export { type DoctorReport, examine } from './query/doctor.ts';
export { type ErrorCode, RsymError } from './query/errors.ts';
export { type FileInfo, fileInfo, type InfoOptions } from './query/info.ts';
export {
  type FunctionLatency,
  type Latencies,
  type Latency,
  type LatencyBucket,
  type LatencyMeasurement,
  type LatencyReading,
  type LatencyRequest,
  type LatencyWatch,
  latency,
  planLatency,
  type UntimedCopy,
} from './query/latency.ts';
export { type Listing, type ListOptions, list, openForListing, type Remark } from './query/list.ts';
export { type InlinedFunction, type InlinedListing, listInlined } from './query/list-inlined.ts';
export { type NoEvents, type Question, whyNoEvents } from './query/no-events.ts';
export { type Pattern, parsePattern } from './query/pattern.ts';
export { openShow } from './query/show-file.ts';
export type { ShowAnswer, ShowOptions } from './query/show-model.ts';
export { type Trace, trace } from './query/trace.ts';
export {
  type CallEvent,
  type EndEvent,
  type FunctionLosses,
  type JsonValue,
  type LeftOut,
  type Losses,
  type LostEvent,
  type NoteEvent,
  type Outcome,
  planWatch,
  type ReturnsChoice,
  type ShownValue,
  type TraceEvent,
  type Watch,
  type WatchedFunction,
  type WatchRequest,
  type WatchScope,
} from './query/watch.ts';
