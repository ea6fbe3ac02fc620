"""The extractor's tables (scripts/train-model.ts) as arrays. Nothing else is read."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

CLASSES = ["benign", "scan", "c2", "ddos", "other"]
BENIGN = 0


@dataclass
class Dataset:
    feature_set: str
    features: list[dict]
    scenarios: list[dict]
    x: np.ndarray  # float32 [rows, features]
    y: np.ndarray  # index in CLASSES
    start: np.ndarray  # epoch seconds
    scenario: np.ndarray  # index in scenarios

    @property
    def names(self) -> list[str]:
        return [feature["name"] for feature in self.features]

    def is_real(self) -> np.ndarray:
        real = np.array([s["kind"] == "real" for s in self.scenarios])
        return real[self.scenario]

    def index_of(self, name: str) -> int:
        return next((i for i, s in enumerate(self.scenarios) if s["name"] == name), -1)

    def digest(self, rows: np.ndarray) -> str:
        """SHA-256 over values and classes of these rows: what a model was trained on."""
        state = hashlib.sha256()
        state.update(self.feature_set.encode())
        state.update(np.ascontiguousarray(self.x[rows]).tobytes())
        state.update(self.y[rows].astype(np.int8).tobytes())
        return state.hexdigest()


def load(folder: Path) -> Dataset:
    data = json.loads((folder / "data.json").read_text())
    names = [feature["name"] for feature in data["features"]]
    xs, ys, starts, scenarios = [], [], [], []
    for index, scenario in enumerate(data["scenarios"]):
        table = pd.read_csv(
            folder / "tables" / scenario["table"],
            keep_default_na=False,
            dtype={name: np.float32 for name in names} | {"class": str, "start": np.float64},
            usecols=["set", "start", *names, "class"],
        )
        if len(table) == 0:
            continue
        if (table["set"] != data["featureSet"]).any():
            raise SystemExit(f"{scenario['table']} holds other features than {data['featureSet']}")
        labels = table["class"].where(table["class"] != "", scenario["unlabelled"])
        known = labels.isin(CLASSES).to_numpy()
        xs.append(table[names].to_numpy(np.float32)[known])
        ys.append(np.array([CLASSES.index(name) for name in labels[known]], np.int64))
        starts.append(table["start"].to_numpy()[known])
        scenarios.append(np.full(int(known.sum()), index))
    return Dataset(
        data["featureSet"], data["features"], data["scenarios"],
        np.concatenate(xs), np.concatenate(ys), np.concatenate(starts), np.concatenate(scenarios),
    )
