import { formatTime } from '../../bytes/time.ts';
import type { Flows } from '../../flow/flows.ts';
import type { MessageContext } from '../../protocol/decoder.ts';
import type { Observation } from '../../protocol/observation.ts';
import { LineFile } from '../line-file.ts';
import type { Report } from '../schema.ts';
import { serviceName } from '../zeek/conn.ts';
import { flowIdentity, flowSummary } from './flow-part.ts';
import { messagePart } from './message-part.ts';

/** What a model says of a flow that ended. */
interface FlowScoreEvent {
  /** Running number, from 0. */
  readonly flow: number;
  readonly seconds: number;
  readonly nanos: number;
  readonly class: string;
  readonly score: number;
  readonly isAlarm: boolean;
}

/**
 * Events as NDJSON, one object a line, with the member names that readers of Suricata's EVE expect:
 *
 *   timestamp    packet time, RFC 3339 UTC (of a flow: its end; of a device: first seen; of a finding: first event)
 *   event_type   flow, dns, dhcp, tls, quic, http, ssh, mqtt, ssdp, arp; with a model ml; at the end device, finding
 *   pcap_cnt     packet number, for messages
 *   flow_id, src_ip, src_port, dest_ip, dest_port, proto, community_id   for what belongs to a flow
 *   <event_type> what is said, in a member named like the event; `flow` with `tcp` and `app_proto` beside it
 *
 * An event is one message: a request and its answer are two (`message` in tls, quic and http, `type` in dns and dhcp says
 * which), joined by `flow_id`. Source is the originator of the flow, in every event. URLs are without query values.
 *
 * Text from the wire is as on the wire; JSON escapes it. Absent members are unknown.
 */
export class EventFile {
  readonly #file: LineFile;

  constructor(path: string) {
    this.#file = new LineFile(path);
  }

  observe(observation: Observation, at: MessageContext, flows: Flows): void {
    const part = messagePart(observation);
    if (part === null) return;
    this.#write({
      timestamp: formatTime(at.seconds, at.nanos),
      event_type: part.type,
      pcap_cnt: at.packet,
      ...(at.flow < 0 ? {} : flowIdentity(flows, at.flow)),
      [part.type]: part.body,
    });
  }

  flowEnd(slot: number, flows: Flows): void {
    this.#write({
      timestamp: formatTime(flows.lastSeconds[slot]!, flows.lastNanos[slot]!),
      event_type: 'flow',
      ...flowIdentity(flows, slot),
      app_proto: serviceName(flows, slot),
      ...flowSummary(flows, slot),
    });
  }

  /** Comes some time after the `flow` event that it belongs to. */
  flowScore({ flow, seconds, nanos, class: className, score, isAlarm }: FlowScoreEvent): void {
    this.#write({
      timestamp: formatTime(seconds, nanos),
      event_type: 'ml',
      flow_id: flow + 1,
      ml: { class: className, score, alarm: isAlarm },
    });
  }

  drain(): Promise<void> {
    return this.#file.drain();
  }

  end(report: Report): Promise<void> {
    for (const device of report.devices) {
      this.#write({ timestamp: device.firstSeen, event_type: 'device', device });
    }
    for (const finding of report.findings) {
      this.#write({ timestamp: finding.firstTime, event_type: 'finding', finding });
    }
    return this.#file.end();
  }

  #write(event: object): void {
    this.#file.line(JSON.stringify(event));
  }
}
