/** What is built as `case-worker.js`: the worker, started from code that earlier runs compiled. */
import { join } from 'node:path';
import { runCompiled } from '../launch/compiled-script.ts';
import { tuneV8 } from '../launch/v8-flags.ts';
import type * as Worker from './case-worker.ts';

tuneV8();
const path = join(import.meta.dirname, 'case-worker.cjs');
const worker: typeof Worker = runCompiled<typeof Worker>(path, () => worker.hasRunCases());
