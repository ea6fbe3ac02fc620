/** A forest as a node of an ONNX graph and back. */
import { ML_DOMAIN, type OnnxAttribute, type OnnxNode } from '../onnx-format.ts';
import type { IsolationForest, IsolationTree } from './isolation-forest.ts';

const OPERATOR = 'TreeEnsembleRegressor';
const BRANCH = 'BRANCH_LEQ';
const LEAF = 'LEAF';
const READ: ReadonlySet<string> = new Set(
  ['treeids', 'nodeids', 'featureids', 'truenodeids', 'falsenodeids', 'values', 'modes']
    .map((name) => `nodes_${name}`)
    .concat(['treeids', 'nodeids', 'weights'].map((name) => `target_${name}`)),
);

/** What the node puts out is the logarithm of the score. */
export function forestNode({ trees }: IsolationForest, input: string, output: string): OnnxNode {
  const size = trees.reduce((sum, { column }) => sum + column.length, 0);
  const numbers = (): Int32Array => new Int32Array(size);
  const [tree, node, feature, yes, no] = [numbers(), numbers(), numbers(), numbers(), numbers()] as const;
  const values = new Float32Array(size);
  const modes: string[] = [];
  const leaves = { tree: [] as number[], node: [] as number[], weight: [] as number[] };
  for (const [t, { column, value, left, right }] of trees.entries()) {
    for (const [n, c] of column.entries()) {
      const at = modes.length;
      tree[at] = t;
      node[at] = n;
      modes.push(c < 0 ? LEAF : BRANCH);
      if (c < 0) {
        leaves.tree.push(t);
        leaves.node.push(n);
        leaves.weight.push(value[n]!);
      } else {
        feature[at] = c;
        values[at] = value[n]!;
        yes[at] = left[n]!;
        no[at] = right[n]!;
      }
    }
  }
  return {
    operator: OPERATOR,
    domain: ML_DOMAIN,
    inputs: [input],
    outputs: [output],
    attributes: new Map<string, OnnxAttribute>([
      ['aggregate_function', { text: 'SUM' }],
      ['n_targets', { int: 1 }],
      ['nodes_falsenodeids', { ints: no }],
      ['nodes_featureids', { ints: feature }],
      ['nodes_modes', { texts: modes }],
      ['nodes_nodeids', { ints: node }],
      ['nodes_treeids', { ints: tree }],
      ['nodes_truenodeids', { ints: yes }],
      ['nodes_values', { singles: values }],
      ['post_transform', { text: 'NONE' }],
      ['target_ids', { ints: new Int32Array(leaves.tree.length) }],
      ['target_nodeids', { ints: leaves.node }],
      ['target_treeids', { ints: leaves.tree }],
      ['target_weights', { singles: leaves.weight }],
    ]),
  };
}

/** The attributes that `forestOf` asks for. */
export function isOfForest(attribute: string): boolean {
  return READ.has(attribute);
}

/** Checked to the last node: every walk through a tree ends, within it. Null when the node is no such forest. */
export function forestOf({ operator, attributes }: OnnxNode, width: number): IsolationForest | null {
  const ints = (name: string): ArrayLike<number> => listOf(attributes.get(`nodes_${name}`), 'ints');
  const [treeOf, nodeOf, feature] = [ints('treeids'), ints('nodeids'), ints('featureids')];
  const [yes, no] = [ints('truenodeids'), ints('falsenodeids')];
  const values = listOf(attributes.get('nodes_values'), 'singles');
  const modes = textsOf(attributes.get('nodes_modes'));
  const size = modes.length;
  const isWhole = [treeOf, nodeOf, feature, yes, no, values].every(({ length }) => length === size);
  const leaves = leavesOf(attributes);
  if (operator !== OPERATOR || size === 0 || !isWhole || leaves === null) return null;
  const trees: IsolationTree[] = [];
  for (let begin = 0, end = 0; begin < size; begin = end) {
    while (end < size && treeOf[end] === treeOf[begin]) end++;
    if (treeOf[begin] !== trees.length) return null;
    const tree = emptyTree(end - begin);
    for (let at = begin; at < end; at++) {
      const n = at - begin;
      if (nodeOf[at] !== n) return null;
      const isLeaf = modes[at] === LEAF;
      if (!isLeaf && modes[at] !== BRANCH) return null;
      const value = isLeaf ? leaves.next(trees.length, n) : values[at]!;
      // A leaf is a share of the logarithm of a score, which is at most 1.
      if (!Number.isFinite(value) || (isLeaf && value > 0)) return null;
      tree.value[n] = value;
      tree.column[n] = isLeaf ? -1 : feature[at]!;
      if (isLeaf) continue;
      const isChild = (child: number): boolean => child > n && child < end - begin;
      if (feature[at]! >= width || !isChild(yes[at]!) || !isChild(no[at]!)) return null;
      tree.left[n] = yes[at]!;
      tree.right[n] = no[at]!;
    }
    trees.push(tree);
  }
  return leaves.isEmpty() ? { trees } : null;
}

function emptyTree(size: number): IsolationTree {
  return {
    column: new Int32Array(size),
    value: new Float32Array(size),
    left: new Int32Array(size),
    right: new Int32Array(size),
  };
}

/** Leaves in the order of their nodes; NaN for one that does not come next. */
function leavesOf(
  attributes: OnnxNode['attributes'],
): { next: (tree: number, node: number) => number; isEmpty: () => boolean } | null {
  const trees = listOf(attributes.get('target_treeids'), 'ints');
  const nodes = listOf(attributes.get('target_nodeids'), 'ints');
  const weights = listOf(attributes.get('target_weights'), 'singles');
  if (trees.length !== nodes.length || trees.length !== weights.length) return null;
  let at = 0;
  return {
    next: (tree, node) => {
      if (trees[at] !== tree || nodes[at] !== node) return Number.NaN;
      return weights[at++]!;
    },
    isEmpty: () => at === trees.length,
  };
}

function listOf(attribute: OnnxAttribute | undefined, kind: 'ints' | 'singles'): ArrayLike<number> {
  if (attribute === undefined) return [];
  if (kind === 'ints') return 'ints' in attribute ? attribute.ints : [];
  return 'singles' in attribute ? attribute.singles : [];
}

function textsOf(attribute: OnnxAttribute | undefined): readonly string[] {
  return attribute !== undefined && 'texts' in attribute ? attribute.texts : [];
}
