"""Writes the small models that test/model reads: python ml/make_test_models.py test/model

`legacy.onnx` has the older shape: no metadata, 13 features, a label and two columns of probabilities, of which the last is
that of malice: here 1 / (1 + exp(2 - syn)), with `syn` the eighth feature.
"""

import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def legacy() -> onnx.ModelProto:
    weights = np.zeros((13, 2), np.float32)
    weights[7, 1] = 1
    graph = helper.make_graph(
        [
            helper.make_node("Gemm", ["X", "weights", "bias"], ["logits"]),
            helper.make_node("Softmax", ["logits"], ["probabilities"], axis=1),
            helper.make_node("ArgMax", ["logits"], ["label"], axis=1, keepdims=0),
        ],
        "legacy",
        [helper.make_tensor_value_info("X", TensorProto.FLOAT, ["N", 13])],
        [
            helper.make_tensor_value_info("label", TensorProto.INT64, ["N"]),
            helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["N", 2]),
        ],
        [
            numpy_helper.from_array(weights, "weights"),
            numpy_helper.from_array(np.array([0, -2], np.float32), "bias"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    return model


def strange(width: int, metadata: dict[str, str]) -> onnx.ModelProto:
    graph = helper.make_graph(
        [helper.make_node("Softmax", ["X"], ["Y"], axis=1)],
        "strange",
        [helper.make_tensor_value_info("X", TensorProto.FLOAT, ["N", width])],
        [helper.make_tensor_value_info("Y", TensorProto.FLOAT, ["N", width])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    helper.set_model_props(model, metadata)
    return model


folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
for name, model in {
    "legacy": legacy(),
    "wrong-shape": strange(7, {}),
    "wrong-features": strange(70, {"lanscope.format": "1", "lanscope.features": "conn@999"}),
}.items():
    onnx.checker.check_model(model)
    (folder / f"{name}.onnx").write_bytes(model.SerializeToString(deterministic=True))
