/** Colours of terminal output; all functions return their argument when colour is off. */
import type { Severity } from '../../detect/finding.ts';

export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly good: (text: string) => string;
  readonly severity: (severity: Severity, text: string) => string;
}

const SEVERITY_CODE: Readonly<Record<Severity, number>> = {
  info: 36,
  low: 34,
  medium: 33,
  high: 31,
  critical: 35,
};

export function makeStyle(color: boolean): Style {
  const sgr = (on: number, off: number) => (text: string) =>
    color && text !== '' ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  return {
    bold: sgr(1, 22),
    dim: sgr(2, 22),
    good: sgr(32, 39),
    severity: (severity, text) => sgr(SEVERITY_CODE[severity], 39)(text),
  };
}
