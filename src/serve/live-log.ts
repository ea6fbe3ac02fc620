/** What a person sees of a live run on standard error: a line for each new device and finding, and a status line. */
import { escapeForTerminal } from '../bytes/text.ts';
import { formatCount, formatPlural, formatRate } from '../report/quantity.ts';
import type { LiveStatus } from './live.ts';

export interface LiveLog {
  status(status: LiveStatus): void;
  /** A line that stays, above the status line. */
  line(text: string): void;
  /** Removes the status line. */
  stop(): void;
}

const MAX_LINE = 400;
/** Back to the first column, and the line is empty. */
const CLEAR_LINE = '\r\x1b[2K';

export function createLiveLog(
  stream: Pick<NodeJS.WriteStream, 'write'> & { readonly isTTY?: boolean; readonly columns?: number },
): LiveLog {
  const hasStatus = stream.isTTY === true && process.env['TERM'] !== 'dumb';
  let shown = '';
  const draw = (text: string): void => {
    if (!hasStatus || text === shown) return;
    shown = text;
    stream.write(`${CLEAR_LINE}${text}`);
  };
  const line = (text: string): void => {
    const status = shown;
    draw('');
    stream.write(`${escapeForTerminal(text, MAX_LINE)}\n`);
    draw(status);
  };
  return {
    line,
    status(status) {
      for (const text of newsLines(status)) line(text);
      draw(statusLine(status).slice(0, (stream.columns ?? 80) - 1));
    },
    stop: () => draw(''),
  };
}

export function statusLine({ packets, packetsPerSecond, devices, news }: LiveStatus): string {
  return `${formatCount(packets)} packets, ${formatRate(packetsPerSecond, 'packets')}, ${formatPlural(devices, 'device')}, ${formatPlural(news.findingCount, 'finding')}`;
}

/** Text in them is as on the wire. */
export function newsLines({ news }: LiveStatus): string[] {
  const lines = news.devices.map(({ id, vendor, address }) =>
    ['new device', id, address, vendor === '' ? '' : `(${vendor})`].filter((part) => part !== '').join(' '),
  );
  for (const { severity, rule, summary } of news.findings) lines.push(`${severity} ${rule}: ${summary}`);
  if (news.more > 0) lines.push(`and ${formatCount(news.more)} more new devices and findings`);
  return lines;
}
