import { parseSpec } from '../abi/signature.ts';
import type { Image } from '../elf/model.ts';
import { openImage } from '../elf/open.ts';
import type { DoctorReport } from './doctor.ts';
import { bad, type Finding, good } from './finding.ts';
import { examineFunction } from './no-events-function.ts';
import { examineProcesses } from './no-events-process.ts';
import { targetFile, withoutLinks } from './target.ts';

export type Question = { readonly target: string; readonly function: string; readonly pids: readonly number[] };

/** Why a probe on a function sees no events: what was looked at, the first obstacle first among the bad ones. */
export type NoEvents = {
  readonly target: string;
  /** The file that TARGET names, links resolved. */
  readonly path: string;
  readonly buildId: string | null;
  readonly function: string;
  readonly findings: readonly Finding[];
};

/**
 * Looks at everything that keeps events away: the file, the function in it, the processes, the rights.
 *
 * @throws {RsymError} if TARGET can't be opened or FUNCTION can't be read.
 */
export const whyNoEvents = (question: Question, report: DoctorReport): NoEvents => {
  const { pattern } = parseSpec(question.function);
  const { path } = targetFile(question.target, question.pids);
  using image = openImage(path);
  const findings = [fileFinding(image)];
  if (findings[0]?.state === 'good') {
    findings.push(...examineFunction(image, pattern, question));
    // A function that isn't there gets no events from any process; one that is asked about by its id is looked at still.
    if (question.pids.length > 0 || findings.every(({ state }) => state === 'good'))
      findings.push(...examineProcesses(real(path), image, question));
  }
  findings.push(rightsFinding(report));
  return { target: question.target, path, buildId: image.buildId, function: pattern, findings };
};

const real = (path: string): string => {
  try {
    return withoutLinks(path);
  } catch {
    return path;
  }
};

const fileFinding = ({ format, machine, type, bits, littleEndian }: Image): Finding => {
  if (format !== 'elf') return bad('file', `it is a ${format} file: the kernel probes ELF programs and libraries only`);
  if (machine !== 'x86-64' || bits !== 64 || !littleEndian)
    return bad('file', `it is for ${machine}: rsym traces x86-64 only`);
  if (type === 'relocatable' || type === 'core')
    return bad('file', `it is a ${type} file, which no process runs`, ['name the linked program or library instead']);
  return good('file', `an ELF ${type === 'shared' ? 'library' : 'program'} for x86-64`);
};

const rightsFinding = ({ backend, refusals, launch }: DoctorReport): Finding => {
  const [obstacle] = launch.refusals;
  if (backend !== null)
    return obstacle === undefined
      ? good('rights', `tracing works here (backend ${backend})`)
      : good('rights', `tracing of running programs works here (backend ${backend}); ${obstacle.reason}`);
  const [first] = refusals;
  return bad('rights', first?.reason ?? 'tracing does not work here', first?.fixes ?? []);
};
