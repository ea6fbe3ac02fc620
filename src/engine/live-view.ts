/** What a person who watches an analysis is shown: devices with rates, findings, all that is known of one device. */
import type { Finding } from '../detect/finding.ts';
import { NO_RISK, risksOf } from '../detect/risk.ts';
import type { Device } from '../device/device.ts';
import { identify } from '../device/identify.ts';
import { lookupVendor } from '../fingerprint/oui.ts';
import { isMlFinding } from '../model/ml-findings.ts';
import { buildDevice } from '../report/build-device.ts';
import { buildFinding } from '../report/build.ts';
import { bestName } from '../report/device-name.ts';
import type { ReportDevice, ReportFinding } from '../report/schema.ts';
import type { Pipeline } from './pipeline.ts';

/** One device as it stands; text in it is as on the wire. */
export interface DeviceLine {
  readonly index: number;
  readonly id: string;
  readonly vendor: string;
  name: string;
  address: string;
  bytes: number;
  bytesPerSecond: number;
  lastSeconds: number;
  findings: number;
  /** What it is, as far as was asked: see `describe`. */
  identity: DeviceIdentity | null;
}

export interface DeviceIdentity {
  readonly brand: string;
  readonly model: string;
  readonly category: string;
  readonly os: string;
  /** 0–1. */
  readonly confidence: number;
}

export interface Watched {
  readonly packets: number;
  readonly bytes: number;
  readonly packetsPerSecond: number;
  readonly bytesPerSecond: number;
  readonly activeFlows: number;
  /** Latest packet time, epoch seconds. */
  readonly seconds: number;
}

/** Seconds for which an identity stands before it is looked at again: evidence may change without growing. */
const IDENTITY_SECONDS = 10;
const TIME_DIGITS = 6;

/** Asks a pipeline again and again; changes nothing in it but the lists of addresses. Cost of `refresh`: a short step per device. */
export class LiveView {
  readonly lines: DeviceLine[] = [];
  findings: readonly Finding[] = [];
  watched: Watched = {
    packets: 0,
    bytes: 0,
    packetsPerSecond: 0,
    bytesPerSecond: 0,
    activeFlows: 0,
    seconds: 0,
  };
  readonly #pipeline: Pipeline;
  /** By device: names and addresses when last looked at, and when its identity was. */
  readonly #known: { names: number; addresses: number; evidence: number; identifiedAt: number }[] = [];
  #refreshes = 0;

  constructor(pipeline: Pipeline) {
    this.#pipeline = pipeline;
  }

  /** Takes over what is new; `elapsedSeconds` since the last time, for rates. */
  refresh(elapsedSeconds: number): void {
    const { devices, totals, flows } = this.#pipeline;
    const perSecond = (now: number, before: number): number => Math.max(0, now - before) / elapsedSeconds;
    this.#refreshes++;
    let seconds = this.watched.seconds;
    for (const device of devices.devices) {
      const line = (this.lines[device.index] ??= this.#begin(device));
      const known = this.#known[device.index]!;
      const { bytesIn, bytesOut } = devices.traffic(device.index);
      line.bytesPerSecond = perSecond(bytesIn + bytesOut, line.bytes);
      line.bytes = bytesIn + bytesOut;
      line.lastSeconds = devices.lastSeen(device.index).seconds;
      seconds = Math.max(seconds, line.lastSeconds);
      line.findings = 0;
      if (known.names !== device.names.size) {
        known.names = device.names.size;
        line.name = bestName({ names: device.names.values() });
      }
      if (known.addresses !== device.addresses.size) {
        known.addresses = device.addresses.size;
        line.address = bestAddress(device);
      }
    }
    this.findings = this.#pipeline.findingsSoFar();
    const byId = new Map(this.lines.map((line) => [line.id, line]));
    for (const { device } of this.findings) {
      const line = byId.get(device);
      if (line !== undefined) line.findings++;
    }
    this.watched = {
      packets: totals.packets,
      bytes: totals.bytes,
      packetsPerSecond: perSecond(totals.packets, this.watched.packets),
      bytesPerSecond: perSecond(totals.bytes, this.watched.bytes),
      activeFlows: flows.statistics.active,
      seconds,
    };
  }

  /** Finds out what a device is: to be asked for those that are shown. */
  describe(line: DeviceLine): DeviceIdentity {
    const known = this.#known[line.index]!;
    const device = this.#device(line.index);
    const { knowledge } = this.#pipeline.devices;
    const { size } = device.evidence;
    const isStale =
      known.evidence !== size || this.#refreshes - known.identifiedAt > IDENTITY_SECONDS || !line.identity;
    if (isStale) {
      known.evidence = size;
      known.identifiedAt = this.#refreshes;
      line.identity = this.#pipeline.devices.soFar(device, (asItStands) => identify(asItStands, knowledge));
    }
    return line.identity!;
  }

  /** All that is known of a device, as the report will have it. */
  device(index: number): ReportDevice {
    const { devices } = this.#pipeline;
    return devices.soFar(this.#device(index), (device) =>
      buildDevice(
        {
          device,
          vendor: lookupVendor(device.mac),
          risk: this.#risks().get(device.id) ?? NO_RISK,
          identity: identify(device, devices.knowledge),
          traffic: devices.traffic(index),
          last: devices.lastSeen(index),
          links: [],
        },
        TIME_DIGITS,
      ),
    );
  }

  /** Findings in which a device is actor or peer, as the report will have them. */
  findingsOf(id: string): ReportFinding[] {
    return this.findings
      .filter(({ device, peer }) => device === id || peer === id)
      .map((finding) => buildFinding(finding, TIME_DIGITS));
  }

  finding(finding: Finding): ReportFinding {
    return buildFinding(finding, TIME_DIGITS);
  }

  /** Of the rules alone, as in the report. */
  #risks(): ReturnType<typeof risksOf> {
    return risksOf(this.findings.filter((finding) => !isMlFinding(finding)));
  }

  #device(index: number): Device {
    return this.#pipeline.devices.devices[index]!;
  }

  #begin({ index, id, mac }: Device): DeviceLine {
    this.#known[index] = { names: -1, addresses: -1, evidence: -1, identifiedAt: 0 };
    return {
      index,
      id,
      vendor: lookupVendor(mac),
      name: '',
      address: '',
      bytes: 0,
      bytesPerSecond: 0,
      lastSeconds: 0,
      findings: 0,
      identity: null,
    };
  }
}

/** Its first IPv4 address, else its first. */
function bestAddress({ addresses }: Device): string {
  let first = '';
  for (const address of addresses.keys()) {
    if (!address.includes(':')) return address;
    if (first === '') first = address;
  }
  return first;
}
