import { sanitize } from '../base/text.ts';
import type { DoctorReport, Refusal } from '../query/doctor.ts';
import type { Finding } from '../query/finding.ts';
import type { Machine } from '../query/machine.ts';
import type { NoEvents } from '../query/no-events.ts';
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
    return [
      state,
      name,
      support.ok ? use : `${use}: ${support.reason}${needed ? '' : ' (not needed for running programs)'}`,
    ];
  });
  return table(rows).map((line, i) => {
    const { needed, support } = report.features[i] ?? {};
    return support?.ok ? line : needed ? palette.error(line) : palette.faint(line);
  });
};

const verdict = ({ backend, refusals, launch }: DoctorReport, palette: Palette): string[] => {
  if (backend === null) return refusals.flatMap(refusalLines);
  const works = `  ${palette.good('works')}: through the kernel's uprobes (backend ${backend})`;
  return launch.ok ? [works] : [`${works}, in programs that run already`, ...launch.refusals.flatMap(refusalLines)];
};

export const refusalLines = ({ reason, fixes }: Refusal): string[] => [
  `  not possible: ${sanitize(reason)}`,
  ...fixes.map((fix) => `    try: ${sanitize(fix)}`),
];

const states = { good: 'yes', bad: 'no', unknown: '?' } as const;

/** Why a probe sees no events, one line for each thing that was looked at. */
export const noEventsText = (
  { target, path, buildId, function: name, findings }: NoEvents,
  palette: Palette,
): string => {
  const lines = [palette.heading(`events of ${sanitize(name)} in ${sanitize(target)}`)];
  lines.push(
    `       file      ${sanitize(path)}${buildId === null ? ', without a build id' : `, build id ${buildId}`}`,
  );
  for (const finding of findings) lines.push(...findingLines(finding, palette));
  if (findings.every(({ state }) => state === 'good'))
    lines.push('nothing keeps events away: the function may not have been called while the probe was there');
  return `${lines.join('\n')}\n`;
};

const findingLines = ({ topic, state, what, fixes }: Finding, palette: Palette): string[] => {
  const line = `  ${padEnd(states[state], 3)}  ${padEnd(topic, 8)}  ${sanitize(what)}`;
  const shown = state === 'bad' ? palette.error(line) : state === 'unknown' ? palette.warning(line) : line;
  return [shown, ...fixes.map((fix) => `                   try: ${sanitize(fix)}`)];
};

/** A schema 1 document; `question` is null where only the machine was asked about. */
export const doctorJson = (report: DoctorReport, answer: NoEvents | null): object => {
  const { machine, features, backend, refusals, launch } = report;
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
    launch,
    question: answer === null ? null : questionJson(answer),
  };
};

const questionJson = ({ target, path, buildId, function: name, findings }: NoEvents): object => ({
  target,
  path,
  build_id: buildId,
  function: name,
  findings,
});
