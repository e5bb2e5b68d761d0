import type { Dice } from './dice.ts';
import type { RustType } from './rust-type.ts';
import type { TypeSpace } from './type-space.ts';

export type Parameter = { readonly name: string; readonly type: RustType };

/** What the kinds of functions share: random parameters and results, bodies that print them, and calls. */
export class Composer {
  readonly dice: Dice;
  readonly types: TypeSpace;

  constructor(dice: Dice, types: TypeSpace) {
    this.dice = dice;
    this.types = types;
  }

  any(): RustType {
    return this.types.any(this.dice.pick([0, 1, 2, 2, 3]));
  }

  result(): RustType {
    return this.dice.below(6) === 0 ? { text: '()', value: () => '()', copy: true } : this.any();
  }

  parameters(type: () => RustType, most = 9): Parameter[] {
    const { dice } = this;
    const count = Math.min(
      most,
      dice.weighted([
        [2, 0],
        [3, 1],
        [4, 2],
        [4, 3],
        [3, 4],
        [2, 5],
        [2, 6],
        [2, 7],
        [1, 8],
        [2, 9],
      ]),
    );
    // Sometimes many of one class, so that its registers run out.
    const flood = dice.weighted([
      [6, null],
      [1, 'f64'],
      [1, 'u64'],
      [1, 'u128'],
    ] as const);
    const flooded = (): RustType => ({
      text: flood!,
      value: () => (flood === 'f64' ? `${dice.below(999)}.5` : `0x${dice.hex(15)}`),
      copy: true,
    });
    return Array.from({ length: flood === null ? count : most }, (_, index) => ({
      name: `a${index}`,
      type: flood !== null && dice.below(4) > 0 ? flooded() : type(),
    }));
  }

  /** Statements that print the arguments, the result's computation and its print. */
  body(name: string, parameters: readonly Parameter[], ret: RustType, first = 0): string {
    const uses = parameters.map(({ name: parameter }, index) =>
      this.dice.weighted([
        [25, `call.arg(${index + first}, &${parameter});`],
        [20, `call.take(${index + first}, ${parameter});`],
        // Few functions take what they never read: compilers warn of it.
        [1, ''],
      ]),
    );
    const value = this.dice.below(5) === 0 ? ret.value() : `opaque(${ret.value()})`;
    return `let mut call = Call::new("${name}"); ${uses.join(' ')} let result: ${ret.text} = ${value}; call.ret(&result); call.end(); result`;
  }

  call(
    name: string,
    callee: string,
    types: readonly string[],
    values: readonly string[],
    ret: string,
    before = '',
  ): string {
    const sizes = [
      ...types.map((type) => (type.startsWith('=') ? type.slice(1) : `size_of::<${type}>()`)),
      `size_of::<${ret}>()`,
    ];
    const used = this.dice.weighted([
      [3, 'keep(&result);'],
      [1, ''],
    ]);
    return `{ ${before} sizes("${name}", &[${sizes.join(', ')}]); let result = ${callee}(${values.join(', ')}); ${used} }`;
  }

  opaque(parameters: readonly Parameter[]): string[] {
    return parameters.map(({ type }) => (this.dice.below(12) === 0 ? type.value() : `opaque(${type.value()})`));
  }
}
