/** One thing that live mode needs or that distorts what it sees, as it is on this machine. */
export interface Check {
  readonly name: string;
  /**
   * `ok`; `missing`: live mode cannot work so; `lesser`: it works, with something less; `note`: nothing to mend, but to
   * be known.
   */
  readonly state: 'ok' | 'missing' | 'lesser' | 'note';
  /** What was found, one line. */
  readonly found: string;
  /** The command that mends it; '' when there is nothing to mend. */
  readonly fix: string;
}

export const MARK: Readonly<Record<Check['state'], string>> = {
  ok: '✓',
  missing: '✗',
  lesser: '!',
  note: '·',
};
