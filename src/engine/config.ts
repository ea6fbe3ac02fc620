import { readFile } from 'node:fs/promises';
import { LanscopeError } from '../bytes/error.ts';
import { DEFAULT_DETECT_CONFIG, type DetectConfig, parseDetectConfig } from '../detect/config.ts';
import { LIMIT as DEVICE_LIMIT } from '../device/limits.ts';
import { DEFAULT_FLOW_CONFIG, type FlowConfig } from '../flow/table.ts';
import { applyOverrides } from './overrides.ts';

export interface EngineConfig {
  readonly flow: FlowConfig;
  readonly device: {
    /** Devices at most; beyond it new ones are counted (`device/limit`) and not tracked. */
    readonly maxDevices: number;
  };
  readonly detect: DetectConfig;
}

/** Everything that can be set, with its default. Units are in the names. */
export const DEFAULT_CONFIG: EngineConfig = {
  flow: DEFAULT_FLOW_CONFIG,
  device: { maxDevices: DEVICE_LIMIT.devices },
  detect: DEFAULT_DETECT_CONFIG,
};

/**
 * Reads a configuration file: JSON with any of the sections and keys of `DEFAULT_CONFIG`.
 * Throws `LanscopeError` CONFIG_INVALID that names the file and the key.
 */
export async function readConfig(file: string): Promise<EngineConfig> {
  let given: unknown;
  try {
    given = JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new LanscopeError('CONFIG_INVALID', `${file} does not exist`, '', { cause });
    }
    throw new LanscopeError(
      'CONFIG_INVALID',
      `${file} cannot be read as JSON: ${(cause as Error).message}`,
      '',
      { cause },
    );
  }
  try {
    return parseConfig(given);
  } catch (error) {
    if (!(error instanceof LanscopeError)) throw error;
    throw new LanscopeError(error.code, `${file}: ${error.message}`, error.hint);
  }
}

/** The configuration of a report, from the settings that it states (dotted names). CONFIG_INVALID. */
export function configFromSettings(settings: Readonly<Record<string, unknown>>): EngineConfig {
  // Without prototypes: the names come from a file.
  const section = (): Record<string, unknown> => Object.create(null) as Record<string, unknown>;
  const tree = section();
  for (const [name, value] of Object.entries(settings)) {
    const path = name.split('.');
    const last = path.pop()!;
    let at = tree;
    for (const key of path) {
      const next = (at[key] ??= section());
      if (typeof next !== 'object') throw new LanscopeError('CONFIG_INVALID', `'${name}' is set twice`);
      at = next as Record<string, unknown>;
    }
    at[last] = value;
  }
  return parseConfig(tree);
}

function parseConfig(given: unknown): EngineConfig {
  const { detect, ...others } = (given ?? {}) as { detect?: unknown };
  const { flow, device } = applyOverrides(
    { flow: DEFAULT_CONFIG.flow, device: DEFAULT_CONFIG.device },
    others,
  );
  return { flow, device, detect: detect === undefined ? DEFAULT_CONFIG.detect : parseDetectConfig(detect) };
}
