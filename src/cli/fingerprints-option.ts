/** `--fingerprints`: facts that devices are recognised by, of the user's own. */
import type { Argv } from 'yargs';

export function fingerprintsOption<T>(yargs: Argv<T>) {
  return yargs.option('fingerprints', {
    type: 'string',
    describe: 'Folder of facts (.tsv) to recognise devices by, beside the built-in ones',
    requiresArg: true,
  });
}
