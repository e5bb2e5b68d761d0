import type { Address } from '../base/units.ts';
import type { CodeReader } from './bytes.ts';
import type { Sweep } from './sweep.ts';

export const findJumpTable = (_swept: Sweep, _position: number, _readData: CodeReader): Address[] | undefined =>
  undefined;
