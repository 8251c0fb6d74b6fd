import { WaywardenError } from "../contract/errors.ts";

/** What a command may use of the outside world; tests give their own. */
export type Io = {
  /** The command's product: one line. */
  readonly out: (line: string) => void;
  /** Everything for a person: one line. */
  readonly say: (line: string) => void;
  /** Aborted by SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  readonly isTerminal: boolean;
};

/** What a command was given to read cannot be used: exit code 2, as for a wrong command line. */
export class UnusableInputError extends WaywardenError {}

export const EXIT = { ok: 0, failure: 1, usage: 2, interrupted: 130 } as const;

/** One clear line; the stack only where asked for. */
export function describeError(error: unknown, verbose: boolean): string {
  const code = error instanceof WaywardenError ? error.code : "INTERNAL";
  const message = error instanceof Error ? error.message : String(error);
  const head = `error[${code}]: ${message}`;
  if (!verbose || !(error instanceof Error)) return head;
  const cause = error.cause instanceof Error ? `\ncaused by ${error.cause.stack}` : "";
  return `${head}\n${error.stack}${cause}`;
}
