import { RsymError } from '../base/errors.ts';
import { address } from '../base/units.ts';
import type { CoreDebug } from '../core/debug.ts';
import {
  type CoreLocation,
  type CoreOperation,
  type CoreScope,
  type CoreVariable,
  readScope,
} from '../core/debug-variables.ts';
import { readError } from './file.ts';
import type { AddressRange, DieOffset } from './function-model.ts';
import { languageOf } from './type-layout.ts';
import type { DebugScope, DebugVariable, Operation, VariableLocation } from './variable-model.ts';

/** What the DIE of a copy holds, from that of the code out of line around it. Throws RsymError `input` that names the file. */
export const scopeOf = (core: CoreDebug, path: string, die: DieOffset, frame: DieOffset): DebugScope => {
  const { frameBase, blocks, variables, language, ...facts } = read(core, path, die, frame);
  const ranges = blocks.map((block) => block.map(range));
  return {
    ...facts,
    language: languageOf({ language }),
    frameBase: frameBase.map(location),
    variables: variables.map((own) => variable(own, ranges)),
  };
};

const read = (core: CoreDebug, path: string, die: DieOffset, frame: DieOffset): CoreScope => {
  try {
    return readScope(core, die, frame);
  } catch (error) {
    throw error instanceof RsymError ? readError(path, error) : error;
  }
};

const variable = ({ block, locations, ...own }: CoreVariable, blocks: readonly AddressRange[][]): DebugVariable => ({
  ...own,
  locations: locations.map(location),
  block: block === null ? null : (blocks[block] ?? null),
});

const location = ({ range: where, operations }: CoreLocation): VariableLocation => ({
  range: where && range(where),
  operations: operations.map(operation),
});

const operation = (own: CoreOperation): Operation => {
  switch (own.op) {
    case 'address':
      return { op: own.op, address: address(own.address) };
    case 'entry-value':
      return { op: own.op, operations: own.operations.map(operation) };
    default:
      return own;
  }
};

const range = ({ start, end }: { start: bigint; end: bigint }): AddressRange => ({
  start: address(start),
  end: address(end),
});
