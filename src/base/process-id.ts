/** The kernel's own bound on process ids (linux/threads.h, PID_MAX_LIMIT). */
const largest = 4_194_304;

/** A process id in decimal digits; undefined if the text is none. */
export const parseProcessId = (text: string): number | undefined => {
  const pid = Number(text);
  return /^\d+$/.test(text) && pid >= 1 && pid <= largest ? pid : undefined;
};
