/** What the engine hands over when the last packet was seen: everything that a report is built from. */
import type { SourceInfo } from '../capture/source.ts';
import type { Finding, PacketTime } from '../detect/finding.ts';
import type { Risk } from '../detect/risk.ts';
import type { Device, DeviceTraffic } from '../device/device.ts';
import type { DeviceLink } from '../device/link.ts';
import type { Identity } from '../fingerprint/evidence.ts';
import type { IssueCounter } from '../packet/issue.ts';
import type { ReportDataSet, ReportDevice, ReportModel, ReportRun, ReportScore } from './schema.ts';

/** One input with the span of its packets; null when it had none. */
export interface InputFacts {
  readonly info: SourceInfo;
  readonly first: PacketTime | null;
  readonly last: PacketTime | null;
}

/** A device with what the registry keeps apart from it. */
export interface DeviceFacts {
  readonly device: Device;
  /** Organisation of the IEEE registry; '' when there is none. */
  readonly vendor: string;
  readonly identity: Identity;
  readonly risk: Risk;
  readonly traffic: Readonly<DeviceTraffic>;
  readonly last: PacketTime;
  /** Other MAC addresses of the same device. */
  readonly links: readonly LinkFacts[];
  /** What a model says of its flows; null without a model, or when it opened none. */
  readonly scores?: Readonly<NonNullable<ReportDevice['scores']>> | null;
}

export interface LinkFacts {
  /** Id of the other device. */
  readonly device: string;
  readonly kind: DeviceLink['kind'];
  readonly reason: string;
}

export interface TotalFacts {
  readonly packets: number;
  /** Wire lengths. */
  readonly bytes: number;
  readonly flows: number;
  /** All devices that were seen, also those that the registry had no room for. */
  readonly devices: number;
  readonly first: PacketTime | null;
  readonly last: PacketTime | null;
  readonly protocols: ReadonlyMap<string, { readonly packets: number; readonly bytes: number }>;
}

export interface ReportParts {
  readonly inputs: readonly InputFacts[];
  /** False when reading was stopped early. */
  readonly complete: boolean;
  /** Configuration values that differ from the defaults: JSON values by dotted name. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly totals: TotalFacts;
  readonly score: Readonly<ReportScore>;
  readonly devices: Iterable<DeviceFacts>;
  readonly findings: readonly Finding[];
  readonly issues: IssueCounter;
  readonly models: readonly ReportModel[];
  readonly data: readonly ReportDataSet[];
  readonly run: ReportRun;
}
