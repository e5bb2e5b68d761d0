import { isDeepStrictEqual } from 'node:util';
import { placed } from './place.ts';
import type { Case, Place } from './tree.ts';
import type { Loaded, Placed, Value } from './value.ts';

type Choice<T> = readonly Case<T>[];

/** The value of the first case that holds; null where they aren't all of one type. */
export const either = (cases: Choice<Loaded>): Loaded | null => {
  const [first] = cases;
  if (first === undefined) return null;
  const { gives } = first;
  if (cases.every((one) => isDeepStrictEqual(one.gives, gives))) return gives;
  if (!cases.every((one) => isSameType(one.gives, gives))) return null;
  const node = { kind: 'either', cases: cases.map((one) => ({ when: one.when, gives: one.gives.node })) };
  // The nodes are of one type, since what they are of is.
  return { ...gives, ...(gives.kind === 'int' ? { literal: null } : {}), node } as Loaded;
};

const isSameType = (a: Loaded, b: Loaded): boolean => {
  if (a.kind === 'int' && b.kind === 'int') return isDeepStrictEqual(a.width, b.width);
  return a.kind === b.kind && (a.kind !== 'float' || b.kind !== 'float' || a.size === b.size);
};

/** What a name stands for that every alternative of a pattern binds; null where their types differ. */
export const merged = (cases: Choice<Value>): Value | null => {
  const [first] = cases;
  if (first === undefined) return null;
  if (cases.every((one) => isDeepStrictEqual(one.gives, first.gives))) return first.gives;
  const inPlace = cases.flatMap(({ when, gives }) => (gives.kind === 'placed' ? [{ when, gives }] : []));
  if (inPlace.length === cases.length) return mergedPlaces(inPlace);
  const loaded = cases.flatMap(({ when, gives }) => (isLoaded(gives) ? [{ when, gives }] : []));
  return loaded.length === cases.length ? either(loaded) : null;
};

const isLoaded = (value: Value): value is Loaded =>
  value.kind !== 'placed' && value.kind !== 'tuple' && value.kind !== 'unit-variant';

const mergedPlaces = (cases: Choice<Placed>): Placed | null => {
  const shape = cases[0]?.gives.shape;
  if (shape === undefined || !cases.every(({ gives }) => isDeepStrictEqual(gives.shape, shape))) return null;
  const places = cases.map(({ when, gives }): Case<Place> => ({ when, gives: gives.place }));
  return placed({ kind: 'either', cases: places, offset: 0 }, shape);
};
