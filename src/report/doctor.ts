import { sanitize } from '../base/text.ts';
import type { DoctorReport, Refusal } from '../query/doctor.ts';
import type { Machine } from '../query/machine.ts';
import type { Palette } from './terminal-colour.ts';
import { padEnd } from './terminal-width.ts';

type Row = readonly string[];

/** Rows with aligned columns; the last one is left as it is. */
const table = (rows: readonly Row[]): string[] => {
  const widths = rows.reduce<number[]>((all, row) => row.map((cell, i) => Math.max(all[i] ?? 0, cell.length)), []);
  return rows.map(
    (row) => `  ${row.map((cell, i) => (i === row.length - 1 ? cell : padEnd(cell, widths[i] ?? 0))).join('  ')}`,
  );
};

export const doctorText = (report: DoctorReport, palette: Palette): string => {
  const lines = [palette.heading('machine'), ...table(machineRows(report.machine))];
  if (report.features.length > 0) {
    lines.push(palette.heading('capabilities'));
    lines.push(...table(report.machine.capabilities.map(({ name, held, use }) => [held ? 'yes' : 'no', name, use])));
    lines.push(palette.heading('settings'));
    lines.push(...table(report.machine.settings.map(({ name, value, meaning }) => [name, value ?? '-', meaning])));
    lines.push(palette.heading('kernel features, each of them tried'));
    lines.push(...featureLines(report, palette));
  }
  lines.push(palette.heading('tracing'), ...verdict(report, palette));
  return `${lines.join('\n')}\n`;
};

const machineRows = (machine: Machine): Row[] => [
  ['system', sanitize(`${machine.os} ${machine.release} ${machine.arch}`)],
  ['node', machine.node],
  ['user', machine.uid === null ? 'unknown' : machine.uid === 0 ? 'root' : `uid ${machine.uid}`],
  ['container', machine.container === null ? 'no sign of one' : sanitize(machine.container)],
  ['pid namespace', machine.pidNamespace],
  ['user namespace', machine.userNamespace ? 'nested: rights hold only inside it' : 'initial'],
  ['seccomp', machine.seccomp],
  ...(machine.lockdown === null ? [] : [['lockdown', sanitize(machine.lockdown)]]),
  ['tracefs', machine.tracefs ? 'mounted (rsym does not need it)' : 'not mounted (rsym does not need it)'],
];

const featureLines = (report: DoctorReport, palette: Palette): string[] => {
  const rows = report.features.map(({ name, use, needed, support }): Row => {
    const state = support.ok ? 'yes' : 'no';
    return [state, name, support.ok ? use : `${use}: ${support.reason}${needed ? '' : ' (not needed)'}`];
  });
  return table(rows).map((line, i) => {
    const { needed, support } = report.features[i] ?? {};
    return support?.ok ? line : needed ? palette.error(line) : palette.faint(line);
  });
};

const verdict = ({ backend, refusals }: DoctorReport, palette: Palette): string[] =>
  backend === null
    ? refusals.flatMap(refusalLines)
    : [`  ${palette.good('works')}: through the kernel's uprobes (backend ${backend})`];

const refusalLines = ({ reason, fixes }: Refusal): string[] => [
  `  not possible: ${sanitize(reason)}`,
  ...fixes.map((fix) => `    try: ${fix}`),
];

/** The same answer as a schema 1 document. */
export const doctorJson = ({ machine, features, backend, refusals }: DoctorReport): object => {
  const { pidNamespace, userNamespace, capabilities, settings, ...rest } = machine;
  return {
    schema: 1,
    machine: { ...rest, pid_namespace: pidNamespace, user_namespace: userNamespace },
    capabilities,
    settings,
    features: features.map(({ name, use, needed, support }) => ({
      name,
      use,
      needed,
      ok: support.ok,
      reason: support.ok ? null : support.reason,
    })),
    backend,
    refusals,
  };
};
