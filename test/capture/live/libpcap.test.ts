import { loadCap } from '../../../src/capture/live/cap-addon.ts';
import { openLibpcap } from '../../../src/capture/live/libpcap-capture.ts';
import { conformance } from './conformance.ts';
import { enterOwnNetwork } from './own-network.ts';

function whyNot(): string | false {
  try {
    loadCap();
  } catch (error) {
    return (error as Error).message;
  }
  return enterOwnNetwork();
}

conformance(
  'libpcap through the package cap',
  { open: openLibpcap, openCut: null, isExact: false, followsName: false },
  whyNot(),
);
