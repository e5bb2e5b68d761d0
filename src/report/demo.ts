import { sanitize } from '../base/text.ts';
import { hex } from '../base/units.ts';
import type { DoctorReport } from '../query/doctor.ts';
import type { PlannedProbe } from '../query/would-probe.ts';
import { refusalLines } from './doctor.ts';
import type { Palette } from './terminal-colour.ts';

/** What a step is for, and the command that does it. */
export const stepText = (what: string, command: string, palette: Palette): string =>
  `${palette.heading(what)}\n$ ${sanitize(command)}\n`;

/** What a trace would do here, and why it can't. */
export const untracedText = (probes: readonly PlannedProbe[], { launch }: DoctorReport): string => {
  const planned = probes.map(({ name, caller, address, offset }) => {
    const where = caller === null ? '' : ` inlined into ${sanitize(caller)}`;
    return `  would probe ${sanitize(name)}${where} at ${hex(address)} (file offset ${hex(offset)}), and where it ends`;
  });
  return `${[...planned, ...launch.refusals.flatMap(refusalLines)].join('\n')}\n`;
};
