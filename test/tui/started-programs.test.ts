import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { OutputLog } from '../../src/tui/live/output-log.ts';
import { StartedPrograms } from '../../src/tui/live/started-programs.ts';
import { describeNeeding } from '../support/need.ts';

describeNeeding(['linux'], 'programs that the screen started', () => {
  test('go on in their own pane while they run; one whose end was told, or that is gone, is none of them', async () => {
    const programs = new StartedPrograms();
    const children = [0, 1].map(() => spawn('/bin/sleep', ['60'], { stdio: 'ignore' }));
    const [told = 0, gone = 0] = children.map(({ pid }) => pid ?? 0);
    const [first, second] = [new OutputLog(), new OutputLog()];
    programs.add(told, first);
    programs.add(gone, second);
    expect(programs.running).toEqual([told, gone]);
    expect(programs.outputOf([process.pid, gone])).toBe(second);
    programs.drop({ program: { pid: told, status: null, signal: null } });
    expect(programs.outputOf([told])).toBe(first);
    // Its number is in use still, as it would be if another process had it.
    programs.drop({ program: { pid: told, status: 0, signal: null } });
    expect([programs.running, programs.outputOf([told])]).toEqual([[gone], null]);
    const ended = children.map((child) => once(child, 'exit'));
    for (const child of children) child.kill('SIGKILL');
    await Promise.all(ended);
    expect([programs.running, programs.outputOf([gone])]).toEqual([[], null]);
  });
});
