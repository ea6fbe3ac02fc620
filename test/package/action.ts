/** The steps of `action.yml` that are shell scripts, run as a runner would: `bash -e -o pipefail`, inputs as variables. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Step {
  readonly condition: string;
  readonly env: readonly (readonly [name: string, expression: string])[];
  readonly script: string;
}

/** The `run:` steps, in order. Reads what this file uses of YAML, and fails on anything else. */
export function runSteps(yaml: string): Step[] {
  const steps = yaml
    .slice(yaml.indexOf('\n  steps:\n'))
    .split(/^ {4}- /m)
    .slice(1);
  return steps.flatMap((text) => {
    const lines = `      ${text}`.split('\n').filter((line) => !/^\s*#/.test(line));
    const value = (key: string) =>
      lines.find((line) => line.startsWith(`      ${key}: `))?.slice(8 + key.length);
    const run = lines.findIndex((line) => line.startsWith('      run: '));
    if (run < 0) {
      if (value('uses') === undefined) throw new Error(`neither run nor uses: ${text}`);
      return [];
    }
    if (value('shell') !== 'bash') throw new Error(`not bash: ${text}`);
    const rest = lines.slice(run + 1).filter((line) => line === '' || line.startsWith('        '));
    const script = value('run') === '|' ? rest.map((line) => line.slice(8)).join('\n') : value('run')!;
    const from = lines.indexOf('      env:');
    const env = lines.slice(from + 1).flatMap((line) => {
      const [, name, expression] = /^ {8}([A-Z_]+): \$\{\{ (.+) \}\}$/.exec(line) ?? [];
      return from >= 0 && name !== undefined && expression !== undefined ? [[name, expression] as const] : [];
    });
    return [{ condition: value('if') ?? '', env, script }];
  });
}

export interface ActionRun {
  readonly code: number;
  readonly output: string;
  readonly comment: string;
  readonly summary: string;
  readonly outputs: Readonly<Record<string, string>>;
}

/** Runs the steps from number `first` on in `cwd`; steps with `uses` are the runner's own. `gh` is a script that keeps the comment. */
export function runAction(
  yaml: string,
  inputs: Readonly<Record<string, string>>,
  cwd: string,
  temp: string,
  first = 0,
): ActionRun {
  const bin = join(temp, 'bin');
  mkdirSync(bin, { recursive: true });
  const paths = {
    output: join(temp, 'output'),
    summary: join(temp, 'summary'),
    comment: join(temp, 'comment'),
  };
  for (const path of [paths.output, paths.summary]) writeFileSync(path, '');
  writeFileSync(join(bin, 'gh'), '#!/bin/sh\ncp "$7" "$RUNNER_TEMP/comment"\n', { mode: 0o755 });
  const outputs = () =>
    Object.fromEntries(
      readFileSync(paths.output, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => line.split('=', 2) as [string, string]),
    );
  const evaluate = (expression: string): string => {
    const [, scope, name] =
      /^(inputs|steps\.run\.outputs|github\.event\.pull_request)\.([a-z]+)$/.exec(expression) ?? [];
    if (scope === undefined) throw new Error(`unknown expression ${expression}`);
    if (scope === 'inputs') return inputs[name!] ?? '';
    return scope.startsWith('github') ? '7' : (outputs()[name!] ?? '');
  };
  const holds = (condition: string): boolean =>
    condition.split(' && ').every((part) => {
      const [, left, right] = /^(\S+) == '([^']*)'$/.exec(part) ?? [];
      return part === '' || (left === undefined ? evaluate(part) !== '' : evaluate(left) === right);
    });
  let output = '';
  let code = 0;
  for (const { condition, env, script } of runSteps(yaml).slice(first)) {
    if (code !== 0 || !holds(condition)) continue;
    const result = spawnSync('bash', ['--noprofile', '--norc', '-e', '-o', 'pipefail', '-c', script], {
      cwd,
      encoding: 'utf8',
      env: {
        ...process.env,
        PATH: `${bin}:${join(temp, 'global/bin')}:${process.env['PATH']}`,
        npm_config_prefix: join(temp, 'global'),
        npm_config_prefer_offline: 'true',
        // They are compiled at installation, for a minute, and no step needs them.
        npm_config_omit: 'optional',
        XDG_CACHE_HOME: join(temp, 'cache'),
        RUNNER_TEMP: temp,
        GITHUB_OUTPUT: paths.output,
        GITHUB_STEP_SUMMARY: paths.summary,
        GITHUB_REPOSITORY: 'owner/name',
        ...Object.fromEntries(env.map(([name, expression]) => [name, evaluate(expression)])),
      },
    });
    output += result.stdout + result.stderr;
    code = result.status ?? -1;
  }
  const comment = existsSync(paths.comment) ? readFileSync(paths.comment, 'utf8') : '';
  return { code, output, comment, summary: readFileSync(paths.summary, 'utf8'), outputs: outputs() };
}
