import type { Register } from '../abi/model.ts';
import type { ExitSite } from '../code/exits.ts';
import type { SymbolTable } from '../elf/symbols.ts';
import type { Relocations } from './relocations.ts';

const argumentRegisters: readonly Register[] = ['rdi', 'rsi', 'rdx', 'rcx', 'r8', 'r9'];

/** How many words a function of the run-time library takes, by its name: those that Rust code often ends with. */
const taken: readonly (readonly [RegExp, number])[] = [
  [/^(?:cfree|free|_Unwind_Resume)$/, 1],
  [/(?:^|::)_*(?:__rust_dealloc|__rdl_dealloc|__rg_dealloc)$/, 3],
  [/^mem(?:cpy|move|set|cmp)$/, 3],
  // An address, and what a wide pointer carries beside it.
  [/^core::ptr::drop_(?:in_place|glue)\b/, 2],
];

/** The registers by which a tail jump may hand something on: those that the other function has arguments in. */
export const handedOn = (
  { operand, target }: Pick<ExitSite, 'operand' | 'target'>,
  symbols: SymbolTable,
  relocations: Relocations,
): readonly Register[] => {
  const [row] = target === undefined ? [] : symbols.at(target);
  const names =
    operand?.kind === 'absolute'
      ? [relocations.importAt(operand.address)]
      : row === undefined
        ? []
        : [symbols.name(row), symbols.raw(row)];
  const known = taken.find(([name]) => names.some((one) => one !== null && name.test(one)));
  return known === undefined ? argumentRegisters : argumentRegisters.slice(0, known[1]);
};
