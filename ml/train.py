"""Trains, judges and exports the model from the extractor's tables. Called by scripts/train-model.ts; see README.md.

    python ml/train.py WORK --hold-out SCENARIO --model FILE.onnx --card FILE.md
    python ml/train.py WORK --only SCENARIO --model FILE.onnx
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

import numpy as np

# Or it tells its maker of every session; the library asks when it is loaded.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
import onnxruntime  # noqa: E402

sys.path.insert(0, str(Path(__file__).parent))

from lanscope_ml.card import write_card  # noqa: E402
from lanscope_ml.data import BENIGN, CLASSES, Dataset, load  # noqa: E402
from lanscope_ml.export import to_onnx  # noqa: E402
from lanscope_ml.judge import measure, unseen_scores  # noqa: E402
from lanscope_ml.model import (  # noqa: E402
    ROUNDS, calibrate, call, choose_thresholds, linear_probabilities, train, train_linear, weights,
)

MODEL_VERSION = "1"
FIXTURE_ROWS = 40
# Parity that export must have with LightGBM, on every row at hand.
TOLERANCE = 1e-6


class Split:
    """A model trained without some scenarios, calibrated on its own unseen scores."""

    def __init__(self, data: Dataset, rows: np.ndarray) -> None:
        raw = unseen_scores(data, rows)
        self.calibration = calibrate(raw, data.y[rows], weights(data, rows))
        self.unseen = self.calibration.apply(raw)
        self.thresholds = choose_thresholds(self.unseen, data, rows)
        self.rows = rows
        self.booster = train(data, rows)

    def measure(self, data: Dataset, rows: np.ndarray) -> dict:
        found = self.calibration.apply(self.booster.predict(data.x[rows], raw_score=True))
        return measure(data.y[rows], found, call(found, self.thresholds))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("work", type=Path)
    parser.add_argument("--hold-out", default="", help="scenario that the model never sees")
    parser.add_argument("--only", default="", help="the one malicious real scenario that it sees")
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--card", type=Path, help="judge every split, too, and write the model card")
    parser.add_argument("--fixture", type=Path)
    arguments = parser.parse_args()

    data = load(arguments.work)
    held = data.index_of(arguments.hold_out)
    for name in filter(None, (arguments.hold_out, arguments.only)):
        if data.index_of(name) < 0:
            print(f"{name} is not among the scenarios", file=sys.stderr)
    unseen = {held} if arguments.only == "" else malicious_scenarios(data) - {data.index_of(arguments.only)}
    seen = np.flatnonzero(~np.isin(data.scenario, list(unseen)))
    split = Split(data, seen)
    metadata = describe(data, split, arguments)
    model = to_onnx(split.booster, split.calibration, len(data.features), metadata)
    arguments.model.parent.mkdir(parents=True, exist_ok=True)
    arguments.model.write_bytes(model.SerializeToString(deterministic=True))
    parity = check_parity(data, split, arguments.model)
    if arguments.fixture is not None:
        write_fixture(data, split, arguments.fixture)
    if arguments.card is not None:
        results = {**judge_all(data, split, held), "metadata": metadata, "parity": parity}
        (arguments.work / "results.json").write_text(json.dumps(results, indent=2))
        write_card(arguments.work, arguments.card)
    print(json.dumps({"thresholds": split.thresholds, "parity": parity}))


def describe(data: Dataset, split: Split, arguments: argparse.Namespace) -> dict[str, object]:
    """What the model says of itself."""
    return {
        "lanscope.format": "1",
        "lanscope.name": "default" if arguments.card is not None else arguments.model.stem,
        "lanscope.version": MODEL_VERSION,
        "lanscope.features": data.feature_set,
        "lanscope.classes": CLASSES,
        "lanscope.thresholds": split.thresholds,
        "lanscope.training_digest": data.digest(split.rows),
        "lanscope.trained_on": sorted(
            {data.scenarios[i]["name"] for i in np.unique(data.scenario[split.rows]) if data.scenarios[i]["kind"] == "real"}
        ),
        "lanscope.held_out": arguments.hold_out if data.index_of(arguments.hold_out) >= 0 else "",
        "lanscope.benign": benign_ranges(data, split.rows),
    }


def judge_all(data: Dataset, split: Split, held: int) -> dict:
    return {
        "heldOut": judge_held_out(data, split, held),
        "unseen": judge_unseen(data, split),
        "benign": judge_benign(data, split),
        "reverse": judge_reverse(data, held),
        "time": judge_time(data, held),
        "linear": judge_linear(data, held),
        "importance": importance(data, split),
        "rounds": ROUNDS,
        "calibration": {"temperature": split.calibration.temperature, "bias": list(split.calibration.bias)},
        "rows": {
            kind: {name: int((chosen & (data.y == index)).sum()) for index, name in enumerate(CLASSES)}
            for kind, chosen in (
                ("real", data.is_real() & (data.scenario != held)),
                ("simulated", ~data.is_real() & (data.scenario != held)),
            )
        },
    }


def judge_held_out(data: Dataset, split: Split, held: int) -> dict:
    return {} if held < 0 else {data.scenarios[held]["name"]: split.measure(data, rows_of(data, held))}


def judge_unseen(data: Dataset, split: Split) -> dict:
    """Each scenario by a model that was trained without it, at the bundled model's thresholds."""
    called = call(split.unseen, split.thresholds)
    result = {}
    for index in np.unique(data.scenario[split.rows]):
        chosen = data.scenario[split.rows] == index
        if data.scenarios[index]["kind"] == "real" and (data.y[split.rows][chosen] != BENIGN).any():
            name = data.scenarios[index]["name"]
            result[name] = measure(data.y[split.rows][chosen], split.unseen[chosen], called[chosen])
    simulated = ~data.is_real()[split.rows]
    result["simulated networks"] = measure(
        data.y[split.rows][simulated], split.unseen[simulated], called[simulated]
    )
    return result


def judge_benign(data: Dataset, split: Split) -> dict:
    """False alarms on captures in which nothing is wrong, each by a model that has not seen its device."""
    called = call(split.unseen, split.thresholds)
    own = split.calibration.apply(split.booster.predict(data.x[split.rows], raw_score=True))
    harmless = data.is_real()[split.rows] & np.array(
        [data.scenarios[i]["unlabelled"] == "benign" for i in data.scenario[split.rows]]
    )
    return {
        "rows": int(harmless.sum()),
        "falseAlarms": int((called[harmless] != BENIGN).sum()),
        "bundled": int((call(own, split.thresholds)[harmless] != BENIGN).sum()),
    }


def judge_reverse(data: Dataset, held: int) -> dict:
    """Trained on the scenario that is else held out, without any other malicious real one; judged on those."""
    if held < 0:
        return {}
    others = malicious_scenarios(data) - {held}
    rows = np.flatnonzero(~np.isin(data.scenario, list(others)))
    return {
        "with simulations": judge_each(data, Split(data, rows), others),
        "real captures alone": judge_each(data, Split(data, rows[data.is_real()[rows]]), others),
    }


def malicious_scenarios(data: Dataset) -> set[int]:
    return {
        int(i) for i in np.unique(data.scenario)
        if data.scenarios[i]["kind"] == "real" and (data.y[data.scenario == i] != BENIGN).any()
    }


def judge_each(data: Dataset, split: Split, scenarios: set[int]) -> dict:
    return {data.scenarios[i]["name"]: split.measure(data, rows_of(data, i)) for i in sorted(scenarios)}


def judge_time(data: Dataset, held: int) -> dict:
    """Trained on the first half of every real scenario, judged on the second half."""
    first = np.ones(len(data.y), bool)
    for index in np.unique(data.scenario):
        rows = rows_of(data, index)
        if data.scenarios[index]["kind"] == "real":
            first[rows[data.start[rows] > np.median(data.start[rows])]] = False
    split = Split(data, np.flatnonzero(first))
    result = {}
    for index in np.unique(data.scenario):
        rows = rows_of(data, index)
        late = rows[~first[rows]]
        if len(late) > 0 and (data.y[rows] != BENIGN).any() and data.scenarios[index]["kind"] == "real":
            result[data.scenarios[index]["name"]] = split.measure(data, late)
    return result


def judge_linear(data: Dataset, held: int) -> dict:
    """Logistic regression without each malicious real scenario, called by its likeliest class."""
    result = {}
    for index in np.unique(data.scenario):
        rows = rows_of(data, index)
        if data.scenarios[index]["kind"] != "real" or not (data.y[rows] != BENIGN).any():
            continue
        train_rows = np.flatnonzero((data.scenario != index) & (data.scenario != held))
        found = linear_probabilities(train_linear(data, train_rows), data.x[rows])
        result[data.scenarios[index]["name"]] = measure(data.y[rows], found, found.argmax(axis=1))
    return result


def rows_of(data: Dataset, scenario: int) -> np.ndarray:
    return np.flatnonzero(data.scenario == scenario)


def importance(data: Dataset, split: Split) -> list[list]:
    gain = split.booster.feature_importance("gain")
    order = np.argsort(-gain, kind="stable")[:15]
    return [[data.names[i], float(gain[i] / gain.sum())] for i in order]


def benign_ranges(data: Dataset, rows: np.ndarray) -> dict[str, list[float]]:
    """Per feature [1st percentile, median, 99th percentile] of benign flows: what an explanation compares with."""
    benign = data.x[rows[data.y[rows] == BENIGN]]
    quantiles = np.quantile(benign, [0.01, 0.5, 0.99], axis=0, method="nearest")
    return {name: [float(np.float32(v)) for v in quantiles[:, i]] for i, name in enumerate(data.names)}


def check_parity(data: Dataset, split: Split, path: Path) -> float:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    expected = split.calibration.apply(split.booster.predict(data.x, raw_score=True))
    worst = float(np.abs(session.run(None, {"features": data.x})[0] - expected).max())
    if worst > TOLERANCE:
        raise SystemExit(f"the exported model differs from LightGBM by {worst}")
    return worst


def write_fixture(data: Dataset, split: Split, path: Path) -> None:
    """Simulated rows of every class with LightGBM's scores: other programs must find the same."""
    chosen = []
    for index in range(len(CLASSES)):
        rows = np.flatnonzero((data.y == index) & ~data.is_real())
        chosen.extend(rows[np.linspace(0, len(rows) - 1, min(FIXTURE_ROWS, len(rows))).astype(int)])
    expected = split.calibration.apply(split.booster.predict(data.x[chosen], raw_score=True))
    rows = [[float(v) for v in data.x[i]] for i in chosen]
    content = {"features": data.feature_set, "rows": rows, "scores": expected.round(9).tolist()}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
