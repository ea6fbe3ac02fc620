/** `lanscope mud check`: does a device keep to its profile? */
import { EXIT, type ExitCode, LanscopeError } from '../../bytes/error.ts';
import { checkExchanges } from '../../mud/check.ts';
import { profileFindings } from '../../mud/findings.ts';
import { readProfile } from '../../mud/read-profile.ts';
import { buildFinding } from '../../report/build.ts';
import { compareFindings } from '../../report/finding-order.ts';
import { formatPlural } from '../../report/quantity.ts';
import { renderFindings } from '../../report/terminal/findings.ts';
import { safeText } from '../../report/terminal/cell.ts';
import { makeStyle } from '../../report/terminal/style.ts';
import type { MudArguments } from '../commands/mud.ts';
import { hasColor, terminalWidth, writeData, writeNotice, writeResult } from '../terminal.ts';
import { observe } from './observed.ts';

export async function run(args: MudArguments): Promise<ExitCode> {
  if (args.profile === undefined) throw new LanscopeError('USAGE', 'mud check needs --profile FILE');
  const controllers = controllersOf(args.controller ?? []);
  const profile = await readProfile(args.profile);
  for (const note of profile.notes) writeNotice(note);
  const { device, exchanges, surroundings } = await observe(args);
  const verdict = checkExchanges(exchanges, profile.rules, surroundings, controllers);
  const findings = profileFindings(verdict.outside, profile.url)
    .map((finding) => buildFinding(finding, 6))
    .sort(compareFindings);
  const { flows, flowsInside } = verdict;
  if (args.json) {
    const result = { profile: profile.url, device: device.id, flows, flowsInside, findings };
    await writeData(`${JSON.stringify(result, null, 2)}\n`);
  } else {
    const style = makeStyle(hasColor());
    const line = `${safeText(device.id)}: ${formatPlural(flows, 'flow')}, ${flows - flowsInside} outside the profile ${safeText(profile.url)}`;
    const table = findings.length === 0 ? '' : `${renderFindings(findings, terminalWidth(), style)}\n`;
    await writeResult(`${style.bold(line)}\n${table}`);
  }
  // What others tried in vain is shown, and is not the device's doing.
  return findings.every(({ severity }) => severity === 'low') ? EXIT.ok : EXIT.no;
}

function controllersOf(texts: readonly string[]): Map<string, Set<string>> {
  const controllers = new Map<string, Set<string>>();
  for (const text of texts) {
    const at = text.lastIndexOf('=');
    if (at <= 0) throw new LanscopeError('USAGE', `--controller '${text}' is not CLASS=ADDRESS`);
    const uri = text.slice(0, at);
    const known = controllers.get(uri) ?? new Set<string>();
    controllers.set(uri, known.add(text.slice(at + 1)));
  }
  return controllers;
}
