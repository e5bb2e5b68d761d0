import { type Instruction, Mnemonic, OpKind } from './iced.ts';
import { partOf, type RegisterId } from './register-id.ts';

const scalar: ReadonlySet<Mnemonic> = new Set([
  Mnemonic.Cvtsi2sd,
  Mnemonic.Cvtsi2ss,
  Mnemonic.Cvtss2sd,
  Mnemonic.Cvtsd2ss,
  Mnemonic.Sqrtss,
  Mnemonic.Sqrtsd,
  Mnemonic.Rcpss,
  Mnemonic.Rsqrtss,
  Mnemonic.Roundss,
  Mnemonic.Roundsd,
  Mnemonic.Movss,
  Mnemonic.Movsd,
  Mnemonic.Movlps,
  Mnemonic.Movlpd,
]);
const scalarThree: ReadonlySet<Mnemonic> = new Set([
  Mnemonic.Vcvtsi2sd,
  Mnemonic.Vcvtsi2ss,
  Mnemonic.Vcvtusi2sd,
  Mnemonic.Vcvtusi2ss,
  Mnemonic.Vcvtss2sd,
  Mnemonic.Vcvtsd2ss,
  Mnemonic.Vsqrtss,
  Mnemonic.Vsqrtsd,
  Mnemonic.Vrcpss,
  Mnemonic.Vrsqrtss,
  Mnemonic.Vroundss,
  Mnemonic.Vroundsd,
  Mnemonic.Vrndscaless,
  Mnemonic.Vrndscalesd,
  Mnemonic.Vmovss,
  Mnemonic.Vmovsd,
  Mnemonic.Vmovlps,
  Mnemonic.Vmovlpd,
]);

/** The register whose upper part alone goes into the result; undefined where a low part is read as well. */
export const mergedRegister = (instruction: Instruction): RegisterId | undefined => {
  if (instruction.op0Kind !== OpKind.Register) return undefined;
  if (scalar.has(instruction.mnemonic) && instruction.opCount >= 2) {
    const isSame = instruction.op1Kind === OpKind.Register && instruction.op1Register === instruction.op0Register;
    return isSame ? undefined : partOf(instruction.op0Register)?.id;
  }
  if (!scalarThree.has(instruction.mnemonic) || instruction.opCount < 3) return undefined;
  if (instruction.op1Kind !== OpKind.Register) return undefined;
  const isSame = instruction.op2Kind === OpKind.Register && instruction.op2Register === instruction.op1Register;
  return isSame ? undefined : partOf(instruction.op1Register)?.id;
};

const sameOperands: ReadonlySet<Mnemonic> = new Set([
  Mnemonic.Sbb,
  Mnemonic.Pcmpeqb,
  Mnemonic.Pcmpeqw,
  Mnemonic.Pcmpeqd,
  Mnemonic.Pcmpeqq,
  Mnemonic.Pcmpgtb,
  Mnemonic.Pcmpgtw,
  Mnemonic.Pcmpgtd,
  Mnemonic.Pcmpgtq,
]);
const sameSources: ReadonlySet<Mnemonic> = new Set([
  Mnemonic.Vpcmpeqb,
  Mnemonic.Vpcmpeqw,
  Mnemonic.Vpcmpeqd,
  Mnemonic.Vpcmpeqq,
]);

/** The register that an instruction names as a source although the result doesn't depend on it (all zeros or ones). */
export const ignoredRegister = (instruction: Instruction): RegisterId | undefined => {
  if (instruction.opCount < 2 || instruction.op0Kind !== OpKind.Register) return undefined;
  const { mnemonic, op0Register, op1Register } = instruction;
  if (sameOperands.has(mnemonic) && instruction.op1Kind === OpKind.Register && op0Register === op1Register) {
    return partOf(op0Register)?.id;
  }
  if (instruction.opCount === 3 && sameSources.has(mnemonic) && instruction.op2Kind === OpKind.Register) {
    return op1Register === instruction.op2Register ? partOf(op1Register)?.id : undefined;
  }
  const isImmediate = instruction.op1Kind >= OpKind.Immediate8 && instruction.op1Kind <= OpKind.Immediate32to64;
  if (!isImmediate) return undefined;
  const value = BigInt.asIntN(64, instruction.immediate(1));
  const full = (partOf(op0Register)?.width ?? 0) >= 32;
  const isAllOnes = value === -1n || (value === 0xffffffffn && (partOf(op0Register)?.width ?? 0) === 32);
  if (!full) return undefined;
  const settles = (mnemonic === Mnemonic.And && value === 0n) || (mnemonic === Mnemonic.Or && isAllOnes);
  return settles ? partOf(op0Register)?.id : undefined;
};
