/** `lanscope mud learn`: what a device did, as the profile of what it may do. */
import { EXIT, type ExitCode, LanscopeError } from '../../bytes/error.ts';
import { escapeForTerminal } from '../../bytes/text.ts';
import { learnRules } from '../../mud/learn.ts';
import { writeProfile } from '../../mud/write-profile.ts';
import { formatPlural } from '../../report/quantity.ts';
import { writeFileAtomically } from '../../store/atomic-file.ts';
import type { MudArguments } from '../commands/mud.ts';
import { writeData, writeNotice } from '../terminal.ts';
import { observe } from './observed.ts';

export async function run(args: MudArguments): Promise<ExitCode> {
  const url = args.url;
  if (url !== undefined && !(URL.canParse(url) && url.startsWith('https://'))) {
    throw new LanscopeError('USAGE', '--url must be an https address (RFC 8520)');
  }
  const { report, device, exchanges, surroundings } = await observe(args);
  const rules = learnRules(exchanges, surroundings);
  const { brand, model, category } = device.identity;
  const named = [brand, model].filter((part) => part !== '').join(' ');
  const kind = category === 'unknown' ? 'device' : category;
  const profile = writeProfile(
    {
      url: url ?? `https://lanscope.invalid/${device.id.replace(/[^0-9a-f]/g, '-')}.json`,
      lastUpdate: report.totals.lastTime ?? '1970-01-01T00:00:00Z',
      systemInfo: escapeForTerminal(named === '' ? `${kind} ${device.id}` : `${named}, ${kind}`),
      manufacturer: escapeForTerminal(brand === '' ? device.vendor : brand),
      model: escapeForTerminal(model),
    },
    rules,
  );
  const text = `${JSON.stringify(profile, null, 2)}\n`;
  if (args.output === undefined) {
    await writeData(text);
    return EXIT.ok;
  }
  await writeFileAtomically(args.output, [text]);
  writeNotice(`${formatPlural(rules.length, 'rule')} for ${device.id}: ${args.output}`);
  return EXIT.ok;
}
