import type { DetectConfig, Suppression } from './config.ts';
import type { Finding } from './finding.ts';

/** Rules that a trusted scanner or monitor is expected to hit. */
const EXPECTED_OF_TRUSTED = new Set(['port-scan', 'host-scan', 'icmp-flood', 'brute-force', 'traffic-burst']);

/** The findings that nobody has said to expect. */
export function suppress(findings: readonly Finding[], config: DetectConfig): Finding[] {
  return findings.filter(
    (finding) =>
      !(EXPECTED_OF_TRUSTED.has(finding.rule) && isTrusted(finding, config.trusted)) &&
      !config.suppressions.some((suppression) => matches(suppression, finding)),
  );
}

function isTrusted(finding: Finding, trusted: readonly string[]): boolean {
  return trusted.includes(finding.device) || trusted.includes(String(finding.evidence['source'] ?? ''));
}

function matches(suppression: Suppression, finding: Finding): boolean {
  if (suppression.rule !== '*' && suppression.rule !== finding.rule) return false;
  if (suppression.device !== '' && suppression.device !== finding.device) return false;
  if (suppression.peer !== '' && suppression.peer !== finding.peer) return false;
  if (suppression.until === '') return true;
  // Packet time decides: an old capture is judged as it would have been then.
  return finding.first.seconds < Date.parse(`${suppression.until}T00:00:00Z`) / 1000 + 86_400;
}
