"""LightGBM's trees as an ONNX graph: one TreeEnsembleRegressor and a Softmax, so scores are all that comes out.

Built here and not by a converter for two reasons: thresholds are rounded *down* to single precision, so a single
feature takes the same branch in both programs; and the calibration becomes part of the leaves.
"""

from __future__ import annotations

import json

import lightgbm as lgb
import numpy as np
import onnx
from onnx import TensorProto, helper

from .data import CLASSES
from .model import Calibration

OPSET = 17
ML_OPSET = 3


def floor_single(value: float) -> float:
    single = np.float32(value)
    if float(single) > value:
        single = np.nextafter(single, np.float32(-np.inf))
    return float(single)


class Trees:
    """Columns of the operator's attributes."""

    def __init__(self) -> None:
        self.tree, self.node, self.feature, self.mode, self.value = [], [], [], [], []
        self.yes, self.no = [], []
        self.leaf_tree, self.leaf_node, self.leaf_target, self.leaf_weight = [], [], [], []

    def add(self, tree: int, root: dict, target: int, scale: float) -> None:
        count = 0

        def visit(node: dict) -> int:
            nonlocal count
            own = count
            count += 1
            at = len(self.tree)
            self.tree.append(tree)
            self.node.append(own)
            for column in (self.feature, self.yes, self.no):
                column.append(0)
            self.value.append(0.0)
            if "leaf_value" in node:
                self.mode.append("LEAF")
                self.leaf_tree.append(tree)
                self.leaf_node.append(own)
                self.leaf_target.append(target)
                self.leaf_weight.append(float(node["leaf_value"]) * scale)
                return own
            if node["decision_type"] != "<=":
                raise ValueError(f"cannot export splits by {node['decision_type']}")
            self.mode.append("BRANCH_LEQ")
            self.feature[at] = node["split_feature"]
            self.value[at] = floor_single(node["threshold"])
            self.yes[at] = visit(node["left_child"])
            self.no[at] = visit(node["right_child"])
            return own

        visit(root)


def to_onnx(booster: lgb.Booster, calibration: Calibration, width: int, metadata: dict[str, object]) -> onnx.ModelProto:
    trees = Trees()
    for index, tree in enumerate(booster.dump_model()["tree_info"]):
        trees.add(index, tree["tree_structure"], index % len(CLASSES), 1 / calibration.temperature)
    ensemble = helper.make_node(
        "TreeEnsembleRegressor",
        ["features"],
        ["logits"],
        domain="ai.onnx.ml",
        n_targets=len(CLASSES),
        aggregate_function="SUM",
        post_transform="NONE",
        base_values=[float(b) for b in calibration.bias],
        nodes_treeids=trees.tree,
        nodes_nodeids=trees.node,
        nodes_featureids=trees.feature,
        nodes_modes=trees.mode,
        nodes_values=trees.value,
        nodes_truenodeids=trees.yes,
        nodes_falsenodeids=trees.no,
        target_treeids=trees.leaf_tree,
        target_nodeids=trees.leaf_node,
        target_ids=trees.leaf_target,
        target_weights=trees.leaf_weight,
    )
    graph = helper.make_graph(
        [ensemble, helper.make_node("Softmax", ["logits"], ["probabilities"], axis=1)],
        "lanscope",
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["N", width])],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["N", len(CLASSES)])],
    )
    model = helper.make_model(
        graph,
        opset_imports=[helper.make_opsetid("", OPSET), helper.make_opsetid("ai.onnx.ml", ML_OPSET)],
        producer_name="lanscope",
    )
    model.ir_version = 8
    helper.set_model_props(
        model, {key: value if isinstance(value, str) else json.dumps(value) for key, value in metadata.items()}
    )
    onnx.checker.check_model(model)
    return model
