import { lowerSignature, rawPlan } from '../abi/lower.ts';
import type { CallPlan, ReturnPlan, ValuePlan } from '../abi/model.ts';
import type { ValueShape } from '../abi/shape.ts';
import type { Signature } from '../abi/signature.ts';
import type { TypeShapes } from '../abi/type-shapes.ts';
import { unfollowed } from '../abi/unfollowed.ts';
import { sanitize } from '../base/text.ts';
import type { ShownArgumentPlace, ShownResult, ShownValues } from './shown-values.ts';

const word = 8;
const unread = 'nothing reads what is behind it any more, so it need not have been stored';
const untold = 'debug info tells no type: it is `()`, or another type without size';

/** How a copy's values are captured and decoded: from where they are, and their types' shapes. */
export const callPlan = (values: ShownValues, shapes: TypeShapes): CallPlan => ({
  args: values.args.flatMap((arg, i): ValuePlan[] => {
    if (arg.isHidden && i === 0 && values.captures.length > 0)
      return values.captures.map((one) =>
        plan(one.name ?? '?', one.type ?? '?', shapes.of(one.typeId, one.name ?? ''), one),
      );
    if (arg.isHidden) return arg.pieces.length === 0 ? [] : [hiddenPlan(arg)];
    const name = arg.name ?? `arg${i}`;
    const shape = shapes.of(arg.typeId, name);
    const why = arg.isUnread ? unread : values.stale.behindPointers;
    if (why === null) return [plan(name, arg.type ?? '?', shape, arg)];
    const own = plan(name, arg.type ?? '?', unfollowed(shape), arg);
    return [{ ...own, note: own.note ?? why }];
  }),
  ret: resultPlan(values.result, shapes),
});

/** With what a user gave instead of debug info, or with nothing: registers as they are. */
export const givenPlan = (signature: Signature | null): CallPlan =>
  signature === null ? rawPlan() : lowerSignature(signature);

/** What is redacted of a signature that was given; where debug info tells, shapes are made without it. */
export const withheldPlan = (
  plan: CallPlan,
  isRedacted: ((path: string, type: string) => boolean) | null,
): CallPlan => {
  const without = <Plan extends ValuePlan>(value: Plan): Plan =>
    isRedacted?.(value.name, value.type)
      ? { ...value, shape: { kind: 'cut', size: value.shape.size, why: 'redacted' } }
      : value;
  return { args: plan.args.map(without), ret: without(plan.ret) };
};

/** Of code that is several functions': a call may be another one's, with values of other types. */
export const mergedPlan = ({ args, ret }: CallPlan, others: readonly string[]): CallPlan => {
  const doubted = <Plan extends ValuePlan>(plan: Plan): Plan => {
    const isKnown = plan.shape.size > 0 && plan.evidence !== 'gone' && plan.evidence !== 'conflict';
    if (!isKnown) return plan;
    const note = `the same code is ${others.map(sanitize).join(', ')}: the call and its types may be that one's`;
    return { ...plan, evidence: 'conflict', note, candidates: [{ evidence: plan.evidence, pieces: plan.pieces }] };
  };
  return { args: args.map(doubted), ret: doubted(ret) };
};

/** An inlined copy of which nothing is known. */
export const emptyPlan: CallPlan = {
  args: [],
  ret: {
    name: '',
    type: '?',
    mode: 'unknown',
    shape: { kind: 'cut', size: 0, why: 'unknown' },
    pieces: [],
    evidence: 'gone',
    note: null,
    candidates: [],
  },
};

const plan = (
  name: string,
  type: string,
  shape: ValueShape,
  { pieces, evidence, note, candidates }: Pick<ShownArgumentPlace, 'pieces' | 'evidence' | 'note' | 'candidates'>,
): ValuePlan => ({
  name,
  type,
  shape,
  pieces,
  evidence,
  note,
  candidates: evidence === 'conflict' ? candidates.map((claim) => ({ evidence: 'abi', pieces: claim })) : [],
});

const hiddenPlan = (arg: ShownArgumentPlace): ValuePlan => {
  const size = Math.max(word, ...arg.pieces.map(({ valueOffset, size }) => valueOffset + size));
  return plan(arg.name ?? '', 'register', { kind: 'address', size }, arg);
};

const resultPlan = (result: ShownResult, shapes: TypeShapes): ReturnPlan => {
  const { type, typeId, mode, evidence } = result;
  const shape: ValueShape = mode === 'never' ? { kind: 'never', size: 0 } : shapes.of(typeId, 'ret');
  const claims = result.candidates.map(({ pieces }) => pieces);
  const made = plan('', type, shape, { ...result, candidates: evidence === 'conflict' ? claims : [] });
  // A result without size has no type in debug info, `()` or another.
  const isUntold = mode === 'none' && typeId === null;
  return { ...made, mode, note: isUntold ? untold : made.note };
};
