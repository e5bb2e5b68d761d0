import { type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { KeptProgram } from '../../src/trace/keeper/kept-program.ts';
import { addKept, removeKept, stopKept } from '../../src/trace/keeper/kept-programs.ts';
import { StartedProgram } from '../../src/trace/keeper/started-program.ts';
import { processStat, processState } from '../../src/trace/process-stat.ts';
import { OutputPipes } from '../../src/trace/program-output.ts';
import { describeNeeding } from '../support/need.ts';

const soon = { timeout: 10_000, interval: 10 };

/** A shell that runs a script, as the leader of a session with pipes that are read, or as one of this process's group. */
class Shell {
  readonly pid: number;
  readonly startTime: string;
  readonly pipes: OutputPipes | null;
  readonly ended: Promise<unknown>;
  said = '';

  constructor(script: string, isLeader: boolean) {
    this.pipes = isLeader ? new OutputPipes((_, bytes) => (this.said += Buffer.from(bytes).toString())) : null;
    const stdio: StdioOptions = this.pipes ? ['ignore', ...this.pipes.writeEnds] : 'ignore';
    const child = spawn('/bin/sh', ['-c', script], { stdio, detached: isLeader });
    this.pipes?.begin();
    this.pid = child.pid ?? 0;
    this.startTime = processStat(this.pid)?.startTime ?? '';
    this.ended = once(child, 'exit');
  }

  started(startTime = this.startTime): StartedProgram {
    return new StartedProgram(this.pid, startTime, this.pipes?.readEnds ?? []);
  }
}

/** Of no process: this one was there before. */
const otherTime = '1';

describeNeeding(['linux'], 'a program that is kept', () => {
  for (const isLeader of [true, false])
    test(`is let run where nobody else did; one that was stopped later stays so (${isLeader})`, async () => {
      for (const isResumed of [false, true]) {
        const shell = new Shell('kill -STOP $$', isLeader);
        await expect.poll(() => processState(shell.pid), soon).toBe('T');
        const kept = new KeptProgram(shell.started(), []);
        if (isResumed) kept.told(true);
        kept.resume();
        await kept.drain();
        if (isResumed) {
          expect(processState(shell.pid)).toBe('T');
          process.kill(shell.pid, 'SIGKILL');
        }
        await shell.ended;
      }
    });

  test('is not let run if it is another one, with its number', async () => {
    const shell = new Shell('kill -STOP $$', true);
    await expect.poll(() => processState(shell.pid), soon).toBe('T');
    new KeptProgram(shell.started(otherTime), []).resume();
    expect(processState(shell.pid)).toBe('T');
    shell.started().signal('SIGCONT');
    await shell.ended;
  });

  test('where it leads no group, only itself is sent signals', async () => {
    const shell = new Shell('sleep 60 & echo; wait', false);
    const program = shell.started();
    // Were it this process's group, the test would stop here.
    program.signal('SIGSTOP');
    await expect.poll(() => program.state, soon).toBe('stopped');
    program.signal('SIGCONT');
    program.signal('SIGTERM');
    await shell.ended;
    expect(program.state).toBe('gone');
  });
});

describeNeeding(['linux'], 'Ctrl-Z', () => {
  /** Stops what is kept and lets it go on; gives its states in between. */
  const states = async (program: StartedProgram, pid: number): Promise<readonly (string | undefined)[]> => {
    const told: boolean[] = [];
    addKept(program, (isRunning) => told.push(isRunning));
    const goOn = stopKept();
    removeKept(program);
    if (told.length > 0) await expect.poll(() => processState(pid), soon).toBe('T');
    const stopped = processState(pid);
    goOn();
    await expect.poll(() => processState(pid), soon).toBe('S');
    return [stopped, ...told.map((isRunning) => (isRunning ? 'goes on' : 'is stopped'))];
  };

  test('stops a started program and lets it go on, but none that only has its number', async () => {
    const shell = new Shell('exec sleep 60', true);
    await expect.poll(() => processState(shell.pid), soon).toBe('S');
    expect(await states(shell.started(), shell.pid)).toEqual(['T', 'is stopped', 'goes on']);
    expect(await states(shell.started(otherTime), shell.pid)).toEqual(['S']);
    shell.started().signal('SIGKILL');
    await shell.ended;
  });

  test('stops what is left of its group if that writes to its pipes, and nobody else’s', async () => {
    const shell = new Shell('sleep 60 & echo $!', true);
    const [own, another] = [shell.started(), new Shell('exit', true)];
    const strangers = new StartedProgram(shell.pid, shell.startTime, another.pipes?.readEnds ?? []);
    await shell.ended;
    await expect.poll(() => shell.said, soon).toMatch(/^[0-9]+\n$/);
    const left = Number(shell.said);
    await expect.poll(() => processState(left), soon).toBe('S');
    expect(await states(own, left)).toEqual(['T', 'is stopped', 'goes on']);
    expect(await states(strangers, left)).toEqual(['S']);
    own.signal('SIGKILL');
    await expect.poll(() => own.state, soon).toBe('gone');
  });
});

describeNeeding(['linux'], 'the process that holds probes', () => {
  test('ends well where nobody reads its answers any more', async () => {
    const main = fileURLToPath(new URL('../../dist/trace/keeper/keeper-main.js', import.meta.url));
    const keeper = spawn(process.execPath, [main], { stdio: ['pipe', 'pipe', 'pipe'] });
    let told = '';
    keeper.stderr.on('data', (piece) => {
      told += piece;
    });
    await once(keeper.stdout, 'data');
    keeper.stdout.destroy();
    await once(keeper.stdout, 'close');
    keeper.stdin.end('{"do":"detach"}\n');
    const [status] = await once(keeper, 'close');
    expect({ status, told }).toEqual({ status: 0, told: '' });
  });
});
