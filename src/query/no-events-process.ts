import { existsSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { shellCommand } from '../base/shell.ts';
import type { Image } from '../elf/model.ts';
import { openImage } from '../elf/open.ts';
import { bad, type Finding, good, unknown } from './finding.ts';
import { mappedFiles } from './mappings.ts';
import type { Question } from './no-events.ts';
import { type RelatedProcess, surveyProcesses } from './processes.ts';

const shownProcesses = 5;

/** Is there a process that runs or maps this very file? `path` has its links resolved. */
export const examineProcesses = (path: string, image: Image, question: Question): Finding[] =>
  question.pids.length > 0
    ? question.pids.map((pid) => oneProcess(pid, path, image, question))
    : allProcesses(path, question);

const oneProcess = (pid: number, path: string, image: Image, question: Question): Finding => {
  if (!existsSync(`/proc/${pid}`)) return bad('process', `there is no process ${pid}`);
  const { related, hidden } = surveyProcesses(path, [pid]);
  const [found] = related;
  if (found?.relation === 'runs') return good('process', `process ${pid} (${found.comm}) runs the file`);
  if (found?.relation === 'maps') return good('process', `process ${pid} (${found.comm}) has the file mapped`);
  if (found) return replaced(pid, path, question);
  if (hidden > 0) return unknown('process', `what process ${pid} maps may not be read`, asRoot(question));
  return unrelated(pid, path, image, question);
};

const again = ({ target, function: name, pids }: Question): string =>
  shellCommand('rsym', 'doctor', target, name, ...pids.flatMap((pid) => ['-p', pid]));

const asRoot = (question: Question): string[] => (process.getuid?.() === 0 ? [] : [`sudo ${again(question)}`]);

const replaced = (pid: number, path: string, { function: name }: Question): Finding => {
  const isProgram = linkedProgram(pid)?.startsWith(path);
  return bad(
    'process',
    `process ${pid} runs an earlier file of that name, which was replaced or deleted since it started`,
    [...(isProgram ? [shellCommand('rsym', 'trace', `/proc/${pid}/exe`, name, '-p', pid)] : []), 'restart the process'],
  );
};

const unrelated = (pid: number, path: string, image: Image, { function: name }: Question): Finding => {
  const twin = mappedFiles(pid).find((file) => isTwin(file.reachable, file.path, path, image));
  if (twin)
    return bad('process', `process ${pid} maps another copy of the file: ${twin.path}; a probe belongs to one file`, [
      shellCommand('rsym', 'trace', twin.reachable, name, '-p', pid),
    ]);
  const program = linkedProgram(pid);
  return bad('process', `process ${pid} neither runs nor maps the file${program ? `; it runs ${program}` : ''}`, [
    shellCommand('rsym', 'ls', program ?? `/proc/${pid}/exe`, name),
  ]);
};

/** The same build at another place, or a file of the same name from another build. */
const isTwin = (reachable: string, path: string, wanted: string, image: Image): boolean => {
  if (basename(path) === basename(wanted)) return true;
  if (image.buildId === null) return false;
  try {
    using other = openImage(reachable);
    return other.buildId === image.buildId;
  } catch {
    return false;
  }
};

const linkedProgram = (pid: number): string | null => {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch {
    return null;
  }
};

const list = (processes: readonly RelatedProcess[]): string => {
  const shown = processes.slice(0, shownProcesses).map(({ pid, comm }) => `${pid} (${comm})`);
  const more = processes.length - shown.length;
  return shown.join(', ') + (more > 0 ? ` and ${more} more` : '');
};

const allProcesses = (path: string, question: Question): Finding[] => {
  const { related, hidden } = surveyProcesses(path);
  const current = related.filter(({ relation }) => relation !== 'replaced' && relation !== null);
  const earlier = related.filter(({ relation }) => relation === 'replaced');
  const findings: Finding[] = [];
  const start = `${shellCommand('rsym', 'trace', question.target, question.function)} -- ARGS`;
  if (current.length > 0) findings.push(good('process', `${count(current.length)} it now: ${list(current)}`));
  else if (hidden === 0) findings.push(bad('process', 'no process runs or maps it now', [start]));
  else {
    const what = `no process is seen to run or map it; ${hidden} may not be looked at`;
    findings.push(unknown('process', what, [start, ...asRoot(question)]));
  }
  const [first] = earlier;
  if (first)
    findings.push(
      bad('process', `an earlier file of that name, replaced or deleted since, is still run by ${list(earlier)}`, [
        again({ ...question, pids: [first.pid] }),
        'restart it',
      ]),
    );
  return findings;
};

const count = (processes: number): string =>
  processes === 1 ? '1 process runs or maps' : `${processes} processes run or map`;
