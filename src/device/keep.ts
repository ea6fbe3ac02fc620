/** Adding to the lists of a device within their bounds; `false` tells that there was no room. */
import type { Evidence } from '../fingerprint/evidence.ts';
import type { Device, DeviceName, DeviceService } from './device.ts';
import { LIMIT } from './limits.ts';

export function keepName(device: Device, name: string, source: DeviceName['source']): boolean {
  if (name === '') return true;
  const key = `${source} ${name}`;
  if (device.names.has(key)) return true;
  if (device.names.size >= LIMIT.namesPerDevice) return false;
  device.names.set(key, { name, source });
  return true;
}

export function keepService(
  device: Device,
  name: string,
  port: number,
  transport: DeviceService['transport'],
  source: string,
): boolean {
  if (name === '') return true;
  const key = `${source} ${name} ${transport} ${port}`;
  if (device.services.has(key)) return true;
  if (device.services.size >= LIMIT.servicesPerDevice) return false;
  device.services.set(key, { name, port, transport, source });
  return true;
}

export function keepDomain(device: Device, name: string): boolean {
  if (name === '') return true;
  const times = device.domains.get(name);
  if (times === undefined && device.domains.size >= LIMIT.domainsPerDevice) return false;
  device.domains.set(name, (times ?? 0) + 1);
  return true;
}

export function keepEvidence(device: Device, evidence: Evidence): boolean {
  const { brand, model, category, os } = evidence.supports;
  const key = `${evidence.source} ${evidence.value} ${brand ?? ''} ${model ?? ''} ${category ?? ''} ${os ?? ''}`;
  const known = device.evidence.get(key);
  if (known !== undefined && known.weight >= evidence.weight) return true;
  if (known === undefined && device.evidence.size >= LIMIT.evidencePerDevice) return false;
  device.evidence.set(key, evidence);
  return true;
}

export function keepFingerprint(device: Device, kind: string, value: string): boolean {
  if (value === '') return true;
  let values = device.fingerprints.get(kind);
  if (values === undefined) {
    if (device.fingerprints.size >= LIMIT.fingerprintKinds) return false;
    values = new Set();
    device.fingerprints.set(kind, values);
  }
  if (!values.has(value) && values.size >= LIMIT.fingerprintsPerKind) return false;
  values.add(value);
  return true;
}
