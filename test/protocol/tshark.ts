/** tshark as an independent reader of the same packets, where it is installed. */
import { execFileSync } from 'node:child_process';

const FIELD_SEPARATOR = '\x1f';
const VALUE_SEPARATOR = '\x1e';

export function hasTshark(): boolean {
  try {
    execFileSync('tshark', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Values of `fields` by packet number, for the packets that match `filter`. Nothing is reassembled. */
export function readWithTshark(
  path: string,
  filter: string,
  fields: readonly string[],
): Map<number, readonly (readonly string[])[]> {
  const output = execFileSync(
    'tshark',
    [
      '-n',
      '-r',
      path,
      '-Y',
      filter,
      '-o',
      'ip.defragment:FALSE',
      '-T',
      'fields',
      '-E',
      `separator=${FIELD_SEPARATOR}`,
      '-E',
      `aggregator=${VALUE_SEPARATOR}`,
      '-E',
      'occurrence=a',
      ...['frame.number', ...fields].flatMap((field) => ['-e', field]),
    ],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 64 * 1024 * 1024 },
  );
  const packets = new Map<number, readonly (readonly string[])[]>();
  for (const line of output.split('\n')) {
    if (line === '') continue;
    const [number, ...values] = line.split(FIELD_SEPARATOR);
    packets.set(
      Number(number),
      values.map((value) => (value === '' ? [] : value.split(VALUE_SEPARATOR))),
    );
  }
  return packets;
}
