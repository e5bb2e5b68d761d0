import { type Code, flatten, type Instruction } from '../asm.ts';

/** Without instructions that no way leads to, which the kernel refuses: a condition may be known before a program runs. */
export const reachable = (code: Code): Instruction[] => {
  const all = flatten(code);
  const labels = new Map(all.flatMap((each, at) => (each.form === 'label' ? [[each.name, at] as const] : [])));
  const seen = new Set<number>();
  const waiting = [0];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const each = all[at];
    if (each === undefined || seen.has(at)) continue;
    seen.add(at);
    if ('to' in each) waiting.push(labels.get(each.to) ?? at);
    if (each.form !== 'jump' && each.form !== 'exit') waiting.push(at + 1);
  }
  return all.filter((each, at) => each.form === 'label' || seen.has(at));
};
