/** From captures and connection logs to rows of features: the work behind `lanscope features`. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { formatIpAt } from '../../bytes/address.ts';
import { LanscopeError } from '../../bytes/error.ts';
import { ConnExtractor, CONN_WIDTH } from '../../detect/features/conn-extractor.ts';
import {
  FEATURE_SETS,
  type FeatureSetName,
  FlowExtractor,
  needsPackets,
} from '../../detect/features/extractor.ts';
import { FlowFacts } from '../../detect/features/flow-facts.ts';
import { PacketSums } from '../../detect/features/packet-sums.ts';
import { analyze, type AnalyzeOptions } from '../../engine/analyze.ts';
import type { Output } from '../../engine/output.ts';
import type { Flows } from '../../flow/flows.ts';
import { type LabelledFlow, LabelParser } from '../labels/conn-log-labels.ts';
import { classOfLabel } from '../labels/label-class.ts';
import type { LabelIndex, LabelQuery } from '../labels/label-index.ts';
import { readLogRow } from './conn-log-facts.ts';
import type { FeatureFile, RowContext } from './feature-file.ts';

export interface ExtractCounts {
  rows: number;
  labelled: number;
  /** Lines of a log that hold no connection that could be read. */
  unreadable: number;
}

/** Bytes in which a connection log names its columns. */
const HEAD = 4096;

/** Whether a file is a connection log: text that names Zeek's columns at its beginning. */
export async function isConnLog(path: string): Promise<boolean> {
  let file;
  try {
    file = await open(path);
  } catch {
    return false;
  }
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD), 0, HEAD, 0);
    return buffer.subarray(0, bytesRead).toString('latin1').includes('id.orig_h');
  } catch {
    // A folder, a device: not a log.
    return false;
  } finally {
    await file.close();
  }
}

/** Rows of a connection log, in its order. Its own labels count where `labels` is null. */
export async function extractFromLog(
  path: string,
  set: FeatureSetName,
  labels: LabelIndex | null,
  file: FeatureFile,
): Promise<ExtractCounts> {
  if (needsPackets(set)) {
    throw new LanscopeError('USAGE', `${path} is a log: features of set ${set} need a capture`);
  }
  const counts = { rows: 0, labelled: 0, unreadable: 0 };
  const parser = new LabelParser();
  const extractor = new ConnExtractor();
  const facts = new FlowFacts();
  const row = new Float32Array(CONN_WIDTH);
  const lines = createInterface({
    input: createReadStream(path, { highWaterMark: 1 << 20 }),
    crlfDelay: Number.POSITIVE_INFINITY,
  });
  for await (const line of lines) {
    const flow = parser.line(line);
    if (flow === null) continue;
    if (!readLogRow(parser, facts)) {
      counts.unreadable++;
      continue;
    }
    const query = {
      start: facts.start,
      originator: parser.cell('id.orig_h'),
      originatorPort: facts.origPort,
      responder: parser.cell('id.resp_h'),
      responderPort: facts.respPort,
      protocol: parser.cell('proto'),
    };
    const label = labels === null ? (flow === 'unreadable' ? null : flow) : labels.find(query);
    extractor.row(facts, row, 0);
    file.row(contextOf(query, label), row, 0);
    counts.rows++;
    if (label !== null) counts.labelled++;
    if (counts.rows % 1024 === 0) await file.drain();
  }
  if (!parser.hasHeader) throw new LanscopeError('INPUT_UNREADABLE', `${path} is no connection log`);
  return counts;
}

/** Rows of captures, in the order in which flows end. */
export async function extractFromCaptures(
  options: AnalyzeOptions,
  set: FeatureSetName,
  labels: LabelIndex | null,
  file: FeatureFile,
): Promise<ExtractCounts> {
  const output = new FeatureOutput(set, labels, file);
  await analyze({ ...options, outputs: [output] });
  return output.counts;
}

const PROTO_NAME: Readonly<Record<number, string>> = { 1: 'icmp', 6: 'tcp', 17: 'udp', 58: 'icmp' };

class FeatureOutput implements Output {
  readonly counts = { rows: 0, labelled: 0, unreadable: 0 };
  readonly packet?: NonNullable<Output['packet']>;
  readonly #set: FeatureSetName;
  readonly #labels: LabelIndex | null;
  readonly #file: FeatureFile;
  readonly #row: Float32Array;
  #sums: PacketSums | null = null;
  #extractor: FlowExtractor | null = null;

  constructor(set: FeatureSetName, labels: LabelIndex | null, file: FeatureFile) {
    this.#set = set;
    this.#labels = labels;
    this.#file = file;
    this.#row = new Float32Array(FEATURE_SETS[set].features.length);
    if (needsPackets(set)) {
      this.packet = (batch, i, slot, fromOriginator) => this.#sums!.packet(batch, i, slot, fromOriginator);
    }
  }

  flowStart(slot: number, flows: Flows): void {
    if (this.#extractor === null) {
      if (needsPackets(this.#set)) this.#sums = new PacketSums(flows);
      this.#extractor = new FlowExtractor(this.#set, flows, this.#sums);
    }
    this.#sums?.flowStart(slot);
  }

  flowEnd(slot: number, flows: Flows): void {
    this.#extractor!.row(slot, this.#row, 0);
    const query = {
      start: flows.firstSeconds[slot]! + flows.firstNanos[slot]! / 1e9,
      originator: formatIpAt(flows.origIp, slot * 4),
      originatorPort: flows.origPort[slot]!,
      responder: formatIpAt(flows.respIp, slot * 4),
      responderPort: flows.respPort[slot]!,
      protocol: PROTO_NAME[flows.ipProtocol[slot]!] ?? '',
    };
    const label = this.#labels?.find(query) ?? null;
    this.#file.row(contextOf(query, label), this.#row, 0);
    this.counts.rows++;
    if (label !== null) this.counts.labelled++;
  }

  drain(): Promise<void> {
    return this.#file.drain();
  }

  end(): Promise<void> {
    return Promise.resolve();
  }
}

function contextOf(query: LabelQuery, label: LabelledFlow | null): RowContext {
  return {
    start: query.start,
    orig: query.originator,
    origPort: query.originatorPort,
    resp: query.responder,
    respPort: query.responderPort,
    proto: query.protocol,
    label: label?.label ?? '',
    class: label === null ? '' : classOfLabel(label.malicious, label.label),
  };
}
