import { createRequire } from 'node:module';
import type * as Iced from 'iced-x86';

/**
 * The disassembler's package, taken by `require`: as an ES module import its 900 KB of CommonJS would first be
 * scanned for export names, which takes longer than running it.
 */
const iced: typeof Iced = createRequire(import.meta.url)('iced-x86');

export const {
  Code,
  ConditionCode,
  Decoder,
  FlowControl,
  Formatter,
  FormatterSyntax,
  InstructionInfoFactory,
  MemorySizeExt,
  Mnemonic,
  OpAccess,
  OpKind,
  Register,
} = iced;
export const { Instruction } = iced;
export type Code = Iced.Code;
export type Formatter = Iced.Formatter;
export type Instruction = Iced.Instruction;
export type Mnemonic = Iced.Mnemonic;
export type OpAccess = Iced.OpAccess;
export type OpKind = Iced.OpKind;
export type Register = Iced.Register;
