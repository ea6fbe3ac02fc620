/** The `lanscope` command, run from the sources; `launch.ts` is what is built. */
import { tuneV8 } from '../launch/v8-flags.ts';
import { run } from './run.ts';
import { version } from './version.ts';

const argv = process.argv.slice(2);
if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
  process.stdout.write(`${version()}\n`);
} else {
  tuneV8();
  process.exitCode = await run(argv);
}
