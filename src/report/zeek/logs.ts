import { makeFolder } from '../../bytes/make-folder.ts';
import { LanscopeError } from '../../bytes/error.ts';
import type { Flows } from '../../flow/flows.ts';
import type { MessageContext } from '../../protocol/decoder.ts';
import type { Observation } from '../../protocol/observation.ts';
import { CONN_FIELDS, connValues } from './conn.ts';
import { DHCP_FIELDS, DhcpLogRows } from './dhcp.ts';
import { DNS_FIELDS, DnsLogRows } from './dns.ts';
import { type LogFormat, ZeekLog } from './log-file.ts';
import { FlowRows } from './flow-rows.ts';
import { HTTP_FIELDS, HttpLogRows } from './http.ts';
import { SCORE_FIELDS, ScoredRows } from './scored-conn.ts';
import { MQTT_CONNECT_FIELDS, mqttConnectValues } from './mqtt.ts';
import { newSession, noteSsh, SSH_FIELDS, sshValues } from './ssh.ts';
import {
  newHandshake,
  noteCertificate,
  noteHello,
  QUIC_FIELDS,
  quicValues,
  SSL_FIELDS,
  sslValues,
} from './ssl.ts';
import type { Field, FieldValue } from './value.ts';
import { WEIRD_FIELDS, weirdValues } from './weird.ts';
import type { Report } from '../schema.ts';

const SCORED_FIELDS: readonly Field[] = [...CONN_FIELDS, ...SCORE_FIELDS];

/** As `engine/output.ts` tells it. */
interface FlowScore {
  readonly flow: number;
  readonly class: string;
  readonly score: number;
  readonly isAlarm: boolean;
}

/**
 * Zeek's logs, written while the analysis runs: conn.log from flows, the others from messages. A log appears with its
 * first row. Uids and every other byte depend on the capture alone; `#open` and `#close` are packet times.
 */
export class ZeekLogs {
  readonly #directory: string;
  readonly #format: LogFormat;
  readonly #logs = new Map<string, ZeekLog>();
  readonly #dns = new DnsLogRows((values) => this.#write('dns', DNS_FIELDS, values));
  readonly #dhcp = new DhcpLogRows((values) => this.#write('dhcp', DHCP_FIELDS, values));
  readonly #ssl = new FlowRows(newHandshake, sslValues, (values) => this.#write('ssl', SSL_FIELDS, values));
  readonly #quic = new FlowRows(newHandshake, quicValues, (values) =>
    this.#write('quic', QUIC_FIELDS, values),
  );
  readonly #http = new HttpLogRows((values) => this.#write('http', HTTP_FIELDS, values));
  readonly #ssh = new FlowRows(newSession, sshValues, (values) => this.#write('ssh', SSH_FIELDS, values));
  /** Null without a model. */
  readonly #scored: ScoredRows | null;
  /** Latest packet time seen, in seconds. */
  #seconds = 0;

  /**
   * `isScored`: `flowScore` will be called of flows, and conn.log has columns of the model after Zeek's.
   * Throws `LanscopeError` OUTPUT_UNWRITABLE when the directory cannot be made.
   */
  constructor(directory: string, format: LogFormat = 'tsv', isScored = false) {
    this.#directory = directory;
    this.#format = format;
    this.#scored = isScored ? new ScoredRows((values) => this.#write('conn', SCORED_FIELDS, values)) : null;
    try {
      makeFolder(directory);
    } catch (cause) {
      throw new LanscopeError(
        'OUTPUT_UNWRITABLE',
        `${directory} cannot be made: ${(cause as Error).message}`,
        '',
        {
          cause,
        },
      );
    }
  }

  observe(observation: Observation, at: MessageContext, flows: Flows): void {
    switch (observation.kind) {
      case 'dns':
        this.#dns.observe(observation, at, flows);
        return;
      case 'dhcp':
        this.#dhcp.observe(observation, at, flows);
        return;
      case 'tls-client-hello':
      case 'tls-server-hello': {
        const state = (observation.transport === 'quic' ? this.#quic : this.#ssl).at(at);
        if (state !== undefined) noteHello(state, observation);
        return;
      }
      case 'tls-certificate': {
        const state = this.#ssl.at(at);
        if (state !== undefined) noteCertificate(state, observation, at.fromOriginator);
        return;
      }
      case 'http-request':
      case 'http-response':
        this.#http.observe(observation, at);
        return;
      case 'ssh-version':
      case 'ssh-kexinit': {
        const state = this.#ssh.at(at);
        if (state !== undefined) noteSsh(state, observation);
        return;
      }
      case 'mqtt-connect':
        if (at.flow < 0) return;
        this.#write('mqtt_connect', MQTT_CONNECT_FIELDS, mqttConnectValues(observation, at, flows));
        return;
      default:
    }
  }

  flowEnd(slot: number, flows: Flows): void {
    this.#seconds = Math.max(this.#seconds, flows.lastSeconds[slot]!);
    this.#dns.flowEnd(slot);
    for (const rows of [this.#ssl, this.#quic, this.#http, this.#ssh]) rows.flowEnd(slot, flows);
    if (this.#scored === null) this.#write('conn', CONN_FIELDS, connValues(flows, slot));
    else this.#scored.flowEnd(flows.id[slot]!, connValues(flows, slot));
  }

  flowScore({ flow, class: className, score, isAlarm }: FlowScore): void {
    this.#scored?.flowScore(flow, isAlarm ? className : '', score);
  }

  async drain(): Promise<void> {
    for (const log of this.#logs.values()) await log.drain();
  }

  async end(report: Report): Promise<void> {
    this.#dhcp.end();
    this.#scored?.end();
    for (const issue of report.issues) this.#write('weird', WEIRD_FIELDS, weirdValues(issue, this.#seconds));
    for (const log of this.#logs.values()) await log.end(this.#seconds);
  }

  #write(name: string, fields: readonly Field[], values: readonly FieldValue[]): void {
    let log = this.#logs.get(name);
    if (log === undefined) {
      log = new ZeekLog(this.#directory, name, fields, this.#format, Math.floor(Number(values[0])));
      this.#logs.set(name, log);
    }
    log.write(values);
  }
}
