import { makeStyle, type Style } from '../../report/terminal/style.ts';

export interface Theme extends Style {
  readonly accent: (text: string) => string;
  readonly warning: (text: string) => string;
  /** What is chosen; also without colour. */
  readonly chosen: (text: string) => string;
}

export function makeTheme(color: boolean): Theme {
  const sgr = (on: number, off: number) => (text: string) => `\u001b[${on}m${text}\u001b[${off}m`;
  const plain = (text: string): string => text;
  return {
    ...makeStyle(color),
    accent: color ? sgr(36, 39) : plain,
    warning: color ? sgr(33, 39) : plain,
    chosen: sgr(7, 27),
  };
}
