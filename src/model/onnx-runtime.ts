import type { Runtime } from './scorer.ts';

/**
 * To be called before onnxruntime is loaded in any way: from 1.29 on it notes every session in the user's cache folder and
 * tells its maker over the network, unless the environment of the process says otherwise when its library is loaded.
 */
export function keepOnnxRuntimeQuiet(): void {
  process.env['ORT_DISABLE_TELEMETRY'] = '1';
}

/** Rejects where the optional package is not installed, or not for this machine. */
export function importOnnxRuntime(): Promise<Runtime> {
  keepOnnxRuntimeQuiet();
  return import('onnxruntime-node');
}
