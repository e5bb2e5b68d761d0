/**
 * Being told to stop. Commands that only compute keep the system's default (the signal ends them). A command that has
 * something to put away, such as planted probes, asks for `stopSignal()` and ends by itself when it is aborted.
 */

/** Why a command was stopped, and the exit status that says so. */
export class Stopped extends Error {
  readonly exitCode: number;

  constructor(what: string, exitCode: number) {
    super(what);
    this.name = 'Stopped';
    this.exitCode = exitCode;
  }
}

// 128 + the signal's number, as shells report it.
const statuses = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
type StopSignal = keyof typeof statuses;
const names = Object.keys(statuses) as StopSignal[];

let controller: AbortController | undefined;

/**
 * Aborted, with a `Stopped` as its reason, on SIGINT, SIGTERM, SIGHUP and when stdout's reader is gone. A second
 * signal ends the process in the system's way: a clean-up that hangs must not trap the user.
 */
export const stopSignal = (): AbortSignal => {
  if (controller) return controller.signal;
  const made = new AbortController();
  controller = made;
  const onSignal = (name: StopSignal): void => {
    for (const other of names) process.removeListener(other, onSignal);
    made.abort(new Stopped(name, statuses[name]));
  };
  for (const name of names) process.on(name, onSignal);
  process.stdout.on('error', () => made.abort(new Stopped('the reader closed the pipe', 0)));
  return made.signal;
};

/** Why the running command was stopped, if it was. */
export const stopReason = (): Stopped | undefined =>
  controller?.signal.reason instanceof Stopped ? controller.signal.reason : undefined;
