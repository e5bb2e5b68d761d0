export { type ErrorCode, RsymError } from '../base/errors.ts';
