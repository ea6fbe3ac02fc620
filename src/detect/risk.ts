import type { Finding } from './finding.ts';
import { type ScoreReason, scoreOf } from './score.ts';

/** Being the target of somebody else's finding counts by this share of its confidence. */
const TARGET_SHARE = 0.5;

/** How much there is to worry about: the counterpart of a score. */
export interface Risk {
  /** 0: nothing known; 100: act now. */
  readonly value: number;
  /** What makes it up, most first. */
  readonly reasons: readonly ScoreReason[];
}

export const NO_RISK: Risk = { value: 0, reasons: [] };

/**
 * The risk of each device that is in a finding, by id: of what it does in full, of what is done to it by half. As the
 * score, it is bounded, does not depend on the order of findings, and one more finding never lowers it.
 */
export function risksOf(findings: readonly Finding[]): Map<string, Risk> {
  const concerned = new Map<string, Finding[]>();
  const concern = (id: string, finding: Finding): void => {
    if (id === '') return;
    const list = concerned.get(id);
    if (list === undefined) concerned.set(id, [finding]);
    else list.push(finding);
  };
  for (const finding of findings) {
    const { device, peer, rule, confidence } = finding;
    concern(device, finding);
    if (peer !== device)
      concern(peer, { ...finding, rule: `target of ${rule}`, confidence: confidence * TARGET_SHARE });
  }
  return new Map(
    [...concerned].map(([id, list]) => {
      const { value, reasons } = scoreOf(list);
      return [id, { value: 100 - value, reasons }];
    }),
  );
}
