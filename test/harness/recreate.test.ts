/** Captures recreated from connection logs: what the flow table makes of them is the log, and rules find what is in it. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { compareConnLogs, parseConnLog, summarise } from '../../scripts/conn-log.ts';
import { openMemory } from '../../src/capture/memory.ts';
import { analyze, analyzeSource } from '../../src/engine/analyze.ts';
import { settingsOf } from '../../src/harness/case-settings.ts';
import { recreateCapture } from '../../src/harness/recreate/log-capture.ts';
import { tcpEvents } from '../../src/harness/recreate/tcp-events.ts';
import { scoreLog } from '../../src/harness/score-log.ts';
import { TCP_FLAG } from '../../src/packet/layer.ts';
import { ZeekLogs } from '../../src/report/zeek/logs.ts';
import { MODEL, SKIP } from '../model/scoring-capture.ts';

const scratch = mkdtempSync(join(tmpdir(), 'lanscope-recreate-test-'));
after(() => rmSync(scratch, { recursive: true, force: true }));
const CORPUS = join(import.meta.dirname, '../../corpus');
const SCANNER = '192.168.77.66';

/** Path of the connection log of a bundled capture. */
async function logOf(name: string): Promise<string> {
  const folder = join(scratch, name);
  const paths = [join(CORPUS, name, 'capture.pcapng')];
  await analyze({ paths, outputs: [new ZeekLogs(folder, 'tsv', false)], version: 'test' });
  return join(folder, 'conn.log');
}

describe('packets of a TCP connection', () => {
  const flagsOf = (
    history: string,
    packets: [number, number],
    payload: [number, number] = [0, 0],
  ): string[] =>
    tcpEvents(history, packets, payload).map(
      ({ fromOriginator, flags }) =>
        `${fromOriginator ? '>' : '<'}${Object.entries(TCP_FLAG)
          .filter(([, bit]) => (flags & bit) !== 0)
          .map(([name]) => name)
          .join('+')}`,
    );

  test('are those of its history, in its order', () => {
    assert.deepEqual(flagsOf('ShADadFf', [4, 4], [10, 10]), [
      '>syn',
      '<syn+ack',
      '>ack',
      '>psh+ack',
      '<ack',
      '<psh+ack',
      '>fin+ack',
      '<fin+ack',
    ]);
    assert.deepEqual(flagsOf('Sr', [1, 1]), ['>syn', '<rst+ack']);
  });

  test('are attempts where nothing answered, and where Zeek counted nothing', () => {
    assert.deepEqual(flagsOf('S', [3, 0]), ['>syn', '>syn', '>syn']);
    assert.deepEqual(flagsOf('C', [0, 0]), ['>syn']);
    assert.deepEqual(flagsOf('', [0, 0]), ['>syn']);
  });

  test('are as many as the log counts, whatever its history', () => {
    const letters = fc.stringMatching(/^[SHADFRCTGshadfrctg^]{0,12}$/);
    fc.assert(
      fc.property(letters, fc.nat(40), fc.nat(40), fc.nat(90_000), (history, sent, answered, payload) => {
        const events = tcpEvents(history, [sent, answered], [payload, payload]);
        if (sent + answered === 0) return assert.equal(events.length, 1);
        assert.equal(events.filter(({ fromOriginator }) => fromOriginator).length, sent);
        assert.equal(events.length, sent + answered);
      }),
    );
  });
});

describe('a capture recreated from its log', () => {
  for (const name of ['home-lan', 'port-scan']) {
    test(`${name}: gives the log again`, async () => {
      const log = await logOf(name);
      const folder = join(scratch, `${name}-again`);
      const source = openMemory((await recreateCapture(log))!);
      await analyzeSource(source, { outputs: [new ZeekLogs(folder, 'tsv', false)], version: 'test' });
      const read = (path: string) => parseConnLog(readFileSync(path, 'utf8'));
      const comparison = compareConnLogs(read(log), read(join(folder, 'conn.log')), {
        columns: ['conn_state', 'orig_pkts', 'resp_pkts', 'orig_ip_bytes', 'resp_ip_bytes', 'duration'],
        timeTolerance: 2e-6,
        durationTolerance: 2e-6,
      });
      const { rowsA, matched } = summarise(comparison);
      assert.ok(rowsA > 50 && matched >= rowsA * 0.95, `${matched} of ${rowsA}`);
      for (const [column, differ] of comparison.columns) {
        assert.ok(differ.length <= matched * 0.1, `${column}: ${differ.length} of ${matched} differ`);
      }
    });
  }

  let labelled: string;
  before(async () => {
    const lines = readFileSync(await logOf('port-scan'), 'utf8').split('\n');
    labelled = join(scratch, 'conn.log.labeled');
    const label = (line: string): string => {
      if (line.startsWith('#fields')) return `${line}\tlabel\tdetailed-label`;
      if (line.startsWith('#') || line === '') return line;
      const isScan = line.split('\t')[2] === SCANNER;
      return `${line}\t${isScan ? 'Malicious\tPartOfAHorizontalPortScan' : 'Benign\t-'}`;
    };
    writeFileSync(labelled, lines.map(label).join('\n'));
  });

  test('the rules find a scan in it', async () => {
    const { report } = await analyzeSource(openMemory((await recreateCapture(labelled))!), {
      version: 'test',
    });
    const rules = report.findings.map(({ rule }) => rule);
    assert.ok(rules.includes('port-scan') && rules.includes('host-scan'), rules.join());
  });

  const settings = (hasModel: boolean) =>
    settingsOf(
      { configFile: undefined, version: 'test', cache: null, program: '', record: false },
      hasModel ? MODEL! : undefined,
    );

  test('is scored by rules where there is no model', async () => {
    const scorers = await scoreLog(labelled, await settings(false), 'medium');
    assert.deepEqual([...scorers.keys()], ['rules']);
    const { malicious, recall, precision } = scorers.get('rules')!.score();
    assert.ok(
      malicious > 500 && recall > 0.9 && precision > 0.9,
      JSON.stringify({ malicious, recall, precision }),
    );
  });

  test('is scored by rules, the model and both; both find what either finds', { skip: SKIP }, async () => {
    const scorers = await scoreLog(labelled, await settings(true), 'medium');
    assert.deepEqual([...scorers.keys()], ['rules', 'model', 'fused']);
    const [rules, model, fused] = [...scorers.values()].map((scorer) => scorer.score());
    assert.ok(model!.truePositives > 100);
    for (const one of [rules!, model!]) {
      assert.equal(one.flows, fused!.flows);
      assert.ok(fused!.truePositives >= one.truePositives);
      assert.ok(fused!.falsePositives >= one.falsePositives);
    }
  });

  const shared = process.env['LANSCOPE_SHARED_CAPTURES'] ?? join(CORPUS, '../../shared/captures');
  const real = join(shared, 'iot-23/CTU-IoT-Malware-Capture-34-1/conn.log.labeled');
  const skip = SKIP || (!existsSync(real) && `no log at ${real}`);
  test('IoT-23 34-1: both together are better than the rules and than the model', { skip }, async () => {
    const scorers = await scoreLog(real, await settings(true), 'medium');
    const [rules, model, fused] = [...scorers.values()].map((scorer) => scorer.score());
    assert.equal(rules!.flows, 23_145);
    assert.ok(
      rules!.f1 > 0.7 && fused!.f1 > Math.max(rules!.f1, model!.f1),
      `${rules!.f1} ${model!.f1} ${fused!.f1}`,
    );
  });
});
