/**
 * When the next reading is due after `now`, of those that are due each `step` from `due` on; all in ms. One that came late
 * doesn't make the others late; those missed are left out.
 */
export const nextReading = (due: number, step: number, now: number): number =>
  due > now ? due : due + step * (Math.floor((now - due) / step) + 1);
