import { Register as Iced, type Instruction, Mnemonic, OpKind } from './iced.ts';
import { fullRegister, type JumpOperand, lowPart, memoryOperand, type Register } from './operand.ts';
import type { Step } from './step.ts';
import { writtenRegisters } from './written.ts';

/** What is known of a register while straight code is followed. */
type Value =
  | { readonly kind: 'constant'; readonly value: bigint }
  /** the low `width` bits of some value `id`, zero-extended */
  | { readonly kind: 'part'; readonly id: number; readonly width: 8 | 16 | 32 | 64 }
  /** element of a table in memory; `count` elements can be meant, or that isn't known */
  | { readonly kind: 'element'; readonly table: bigint; readonly size: 4 | 8; readonly count: bigint | undefined }
  | { readonly kind: 'sum'; readonly base: bigint; readonly table: bigint; readonly count: bigint | undefined };

/** Follows registers through code without branches into it. */
export class StraightCode {
  private readonly values = new Map<Register, Value>();
  /** Upper bounds, unsigned and inclusive, of the low bits of a value: `id/width`. */
  private readonly bounds = new Map<string, bigint>();
  /** The last comparison with a constant, while the flags are still its. */
  private compared: { readonly bound: string; readonly limit: bigint } | undefined;
  private ids = 0;

  /** `constants`: registers that are known to hold one where the code begins. */
  constructor(constants: ReadonlyMap<Register, bigint>) {
    for (const [register, value] of constants) this.values.set(register, { kind: 'constant', value });
  }

  run(instruction: Instruction, step: Step | undefined): void {
    if (step?.kind === 'branch') {
      if (this.compared === undefined) return;
      const { bound, limit } = this.compared;
      // The branch was not taken, else control would not be here.
      if (step.condition === 'a') this.bounds.set(bound, limit);
      if (step.condition === 'ae' && limit > 0n) this.bounds.set(bound, limit - 1n);
      return;
    }
    const written = this.assign(instruction);
    if (instruction.rflagsModified !== 0) this.compared = this.comparison(instruction);
    for (const register of writtenRegisters(instruction)) this.values.delete(register);
    if (written !== undefined) this.values.set(written[0], written[1]);
    if (instruction.mnemonic === Mnemonic.And) this.boundByMask(instruction);
  }

  jumpTarget(operand: JumpOperand): Value | undefined {
    if (operand.kind === 'register') return this.values.get(operand.reg);
    return operand.kind === 'memory' && operand.scale === 8 ? this.element(operand, 8) : undefined;
  }

  private valueOf(register: Register): Value {
    const known = this.values.get(register);
    if (known !== undefined) return known;
    const fresh: Value = { kind: 'part', id: this.ids++, width: 64 };
    this.values.set(register, fresh);
    return fresh;
  }

  /** What an instruction puts into the register that it writes, where that is of interest. */
  private assign(instruction: Instruction): readonly [Register, Value] | undefined {
    if (instruction.op0Kind !== OpKind.Register) return undefined;
    const into = fullRegister(instruction.op0Register);
    if (into === undefined) return undefined;
    const wide = instruction.op0Register >= Iced.RAX;
    const fromRegister = instruction.opCount === 2 && instruction.op1Kind === OpKind.Register;
    const operand =
      instruction.opCount === 2 && instruction.op1Kind === OpKind.Memory ? memoryOperand(instruction) : undefined;
    switch (instruction.mnemonic) {
      case Mnemonic.Lea:
        if (wide && operand?.kind === 'absolute') return [into, { kind: 'constant', value: operand.address }];
        break;
      case Mnemonic.Mov:
        if (fromRegister) return this.copied(into, instruction.op1Register, wide ? 64 : 32);
        if (wide && operand?.kind === 'memory' && operand.scale === 8) return withValue(into, this.element(operand, 8));
        break;
      case Mnemonic.Movzx:
        if (fromRegister) return this.copied(into, instruction.op1Register, 64);
        break;
      case Mnemonic.Movsxd:
        if (wide && operand?.kind === 'memory' && operand.scale === 4) return withValue(into, this.element(operand, 4));
        break;
      case Mnemonic.Add:
        if (wide && fromRegister) return withValue(into, this.sum(into, instruction.op1Register));
        break;
    }
    const writesHalf = !wide && instruction.mnemonic !== Mnemonic.Cmp && instruction.mnemonic !== Mnemonic.Test;
    return writesHalf ? [into, { kind: 'part', id: this.ids++, width: 32 }] : undefined;
  }

  private copied(into: Register, from: Iced, width: 32 | 64): readonly [Register, Value] | undefined {
    const source = lowPart(from);
    if (source === undefined) return undefined;
    const value = this.valueOf(source.register);
    if (value.kind === 'part') {
      return [into, { ...value, width: Math.min(value.width, source.width, width) as 8 | 16 | 32 | 64 }];
    }
    return source.width === 64 ? [into, value] : undefined;
  }

  private sum(into: Register, from: Iced): Value | undefined {
    const other = fullRegister(from);
    const pair = other === undefined ? [] : [this.valueOf(into), this.valueOf(other)];
    const base = pair.find((value) => value.kind === 'constant');
    const element = pair.find((value) => value.kind === 'element');
    if (base === undefined || element === undefined || element.size !== 4) return undefined;
    return { kind: 'sum', base: base.value, table: element.table, count: element.count };
  }

  private element(operand: JumpOperand & { readonly kind: 'memory' }, size: 4 | 8): Value | undefined {
    if (operand.index === null) return undefined;
    const base = operand.base === null ? undefined : this.valueOf(operand.base);
    if (base !== undefined && base.kind !== 'constant') return undefined;
    const index = this.valueOf(operand.index);
    const limit = index.kind === 'part' ? this.bounds.get(`${index.id}/${index.width}`) : undefined;
    const table = (base?.value ?? 0n) + operand.displacement;
    return { kind: 'element', table, size, count: limit === undefined ? undefined : limit + 1n };
  }

  private comparison(instruction: Instruction): StraightCode['compared'] {
    if (instruction.mnemonic !== Mnemonic.Cmp || instruction.op0Kind !== OpKind.Register) return undefined;
    if (instruction.op1Kind < OpKind.Immediate8 || instruction.op1Kind > OpKind.Immediate32to64) return undefined;
    const compared = lowPart(instruction.op0Register);
    const value = compared && this.valueOf(compared.register);
    if (compared === undefined || value?.kind !== 'part') return undefined;
    const limit = BigInt.asUintN(compared.width, instruction.immediate(1));
    return { bound: `${value.id}/${Math.min(compared.width, value.width)}`, limit };
  }

  private boundByMask(instruction: Instruction): void {
    if (instruction.op0Kind !== OpKind.Register || instruction.op1Kind < OpKind.Immediate8) return;
    if (instruction.op1Kind > OpKind.Immediate32to64) return;
    const masked = lowPart(instruction.op0Register);
    const mask = BigInt.asIntN(64, instruction.immediate(1));
    if (masked === undefined || masked.width < 32 || mask < 0n) return;
    const value = this.valueOf(masked.register);
    if (value.kind === 'part') this.bounds.set(`${value.id}/${value.width}`, mask);
  }
}

const withValue = (into: Register, value: Value | undefined): readonly [Register, Value] | undefined =>
  value && [into, value];
