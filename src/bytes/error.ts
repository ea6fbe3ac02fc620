/**
 * Errors that are the caller's or the environment's fault (never a packet's: those are issue codes).
 * One registry; the command line prints one line from it and exits with its code.
 */

/** Exit codes of the `lanscope` command. */
export const EXIT = { ok: 0, no: 1, badInput: 2, environment: 3 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Every error code, with the exit code it leads to. */
export const ERROR_CODES = {
  USAGE: EXIT.badInput,
  CONFIG_INVALID: EXIT.badInput,
  INPUT_NOT_FOUND: EXIT.badInput,
  INPUT_UNREADABLE: EXIT.badInput,
  INPUT_EMPTY: EXIT.badInput,
  INPUT_NOT_A_CAPTURE: EXIT.badInput,
  INPUT_NO_CAPTURES: EXIT.badInput,
  INPUT_DAMAGED: EXIT.badInput,
  INPUT_TOO_LARGE: EXIT.badInput,
  FILTER_INVALID: EXIT.badInput,
  REPORT_INVALID: EXIT.badInput,
  REPORT_TOO_NEW: EXIT.badInput,
  PROFILE_INVALID: EXIT.badInput,
  STORE_DAMAGED: EXIT.badInput,
  STORE_TOO_NEW: EXIT.badInput,
  STORE_LOCKED: EXIT.environment,
  DEVICE_NOT_FOUND: EXIT.badInput,
  OUTPUT_UNWRITABLE: EXIT.environment,
  NO_PERMISSION: EXIT.environment,
  NO_SUCH_INTERFACE: EXIT.environment,
  COMPONENT_MISSING: EXIT.environment,
  FETCH_FAILED: EXIT.environment,
  FETCH_LOCKED: EXIT.environment,
} as const satisfies Record<string, ExitCode>;
export type ErrorCode = keyof typeof ERROR_CODES;

/** A failure that a person can mend: what is wrong, and what to do about it. */
export class LanscopeError extends Error {
  override readonly name = 'LanscopeError';
  readonly code: ErrorCode;
  /** What the person can do about it, one sentence, or '' when the message says it all. */
  readonly hint: string;

  constructor(code: ErrorCode, message: string, hint = '', options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.hint = hint;
  }

  get exitCode(): ExitCode {
    return ERROR_CODES[this.code];
  }
}
