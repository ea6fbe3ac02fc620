/** The feature set `packet`: the set `conn`, and what only packets show. It needs a capture. */
import { CONN_SET } from './conn-set.ts';
import { type FeatureDefinition, type FeatureSet, flag, quantity, share } from './feature.ts';
import { FIRST_BYTES } from './packet-sums.ts';

function ofSide(prefix: string, who: string): FeatureDefinition[] {
  const size = { max: 65_535 };
  return [
    quantity(`${prefix}_size_deviation`, 'B', `Standard deviation of the IP lengths of ${who}`, size),
    quantity(`${prefix}_size_min`, 'B', `Smallest IP packet of ${who}`, size),
    quantity(`${prefix}_size_max`, 'B', `Largest IP packet of ${who}`, size),
    quantity(`${prefix}_gap_mean`, 's', `Mean time between packets of ${who}`),
    quantity(`${prefix}_gap_deviation`, 's', `Standard deviation of the times between packets of ${who}`),
    quantity(`${prefix}_gap_max`, 's', `Longest time between packets of ${who}`),
    share(`${prefix}_payload_share`, `Packets with payload, of those of ${who}`),
    share(`${prefix}_push_share`, `TCP segments with PSH, of the packets of ${who}`),
    quantity(
      `${prefix}_first_entropy`,
      'bit',
      `Entropy of the first ${FIRST_BYTES} payload bytes of ${who}`,
      {
        max: 6,
      },
    ),
    share(`${prefix}_first_printable`, `Printable ASCII of the first ${FIRST_BYTES} payload bytes of ${who}`),
    share(`${prefix}_first_zero`, `Zeros of the first ${FIRST_BYTES} payload bytes of ${who}`),
  ];
}

const WHOLE_FLOW: readonly FeatureDefinition[] = [
  quantity('gap_mean', 's', 'Mean time between packets of both sides'),
  quantity('gap_deviation', 's', 'Standard deviation of the times between packets of both sides'),
  quantity('gap_max', 's', 'Longest time between packets of both sides'),
  quantity('direction_changes', '', 'Times that another side spoke than before'),
  share('direction_change_share', 'The same, of all packets but the first'),
  flag('orig_spoke_first', 'The first payload came from the originator'),
  quantity('syn_packets', 'packets', 'Packets with SYN'),
  quantity('fin_packets', 'packets', 'Packets with FIN'),
  quantity('rst_packets', 'packets', 'Packets with RST'),
];

export const PACKET_SET: FeatureSet = {
  name: 'packet',
  version: 1,
  features: [
    ...CONN_SET.features,
    ...ofSide('orig', 'the originator'),
    ...ofSide('resp', 'the responder'),
    ...WHOLE_FLOW,
  ],
};
