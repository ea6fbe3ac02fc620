import { createHash } from 'node:crypto';

export const SEVERITIES = ['info', 'low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** A time of the capture. */
export interface PacketTime {
  readonly seconds: number;
  readonly nanos: number;
}

/** One finding: one actor, one technique, one episode. */
export interface Finding {
  /** Rule id, e.g. `port-scan`. */
  readonly rule: string;
  readonly severity: Severity;
  /** 0–1. */
  readonly confidence: number;
  /** 0–100: how much it matters, severity and confidence and extent together. */
  readonly score: number;
  /** Device id (see report) of the actor; '' when it is not a device of this network. */
  readonly device: string;
  /** The other side: device id, address or name; '' when there is none or are many. */
  readonly peer: string;
  readonly first: PacketTime;
  readonly last: PacketTime;
  /** Events that were aggregated into this finding. */
  readonly count: number;
  /** One sentence. Text from the wire in it is as on the wire; writers escape it. */
  readonly summary: string;
  /** What a person needs to check it: name → value, bounded. */
  readonly evidence: Readonly<Record<string, string | number | readonly string[] | readonly number[]>>;
  /** MITRE ATT&CK technique id, e.g. `T1046`; '' where none fits. */
  readonly technique: string;
  /** First packet numbers, 1-based, at most ten. */
  readonly packets: readonly number[];
}

/** Content hash: the same finding has the same id in every run. Arguments are the canonical JSON of its content. */
export function findingId(canonical: string): string {
  return createHash('sha256').update(canonical).digest('hex').slice(0, 16);
}
