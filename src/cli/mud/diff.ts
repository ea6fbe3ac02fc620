/** `lanscope mud diff`: what one profile allows and another does not. */
import { EXIT, type ExitCode, LanscopeError } from '../../bytes/error.ts';
import { diffRules } from '../../mud/diff.ts';
import { readProfile } from '../../mud/read-profile.ts';
import { describeRule } from '../../mud/rule.ts';
import { safeText } from '../../report/terminal/cell.ts';
import type { MudArguments } from '../commands/mud.ts';
import { writeData, writeNotice, writeResult } from '../terminal.ts';

export async function run(args: MudArguments): Promise<ExitCode> {
  const [before, after, ...rest] = args.file;
  if (before === undefined || after === undefined || rest.length > 0) {
    throw new LanscopeError('USAGE', 'mud diff compares two profiles');
  }
  const profiles = [await readProfile(before), await readProfile(after)] as const;
  for (const note of profiles.flatMap(({ notes }) => notes)) writeNotice(note);
  const { lost, added } = diffRules(profiles[0].rules, profiles[1].rules);
  if (args.json) {
    await writeData(`${JSON.stringify({ lost, added }, null, 2)}\n`);
  } else {
    const lines = [
      ...lost.map((rule) => `- ${safeText(describeRule(rule))}`),
      ...added.map((rule) => `+ ${safeText(describeRule(rule))}`),
    ];
    await writeResult(lines.length === 0 ? 'The profiles allow the same.\n' : `${lines.join('\n')}\n`);
  }
  return lost.length + added.length === 0 ? EXIT.ok : EXIT.no;
}
