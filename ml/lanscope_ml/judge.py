"""Splits by scenario and by time, never at random, and what is measured on them."""

from __future__ import annotations

import numpy as np
from sklearn.metrics import average_precision_score

from .data import BENIGN, CLASSES, Dataset
from .model import train

BENIGN_FOLDS = 4


def folds(data: Dataset, rows: np.ndarray) -> list[np.ndarray]:
    """Scenarios to hold out together. Each malicious real one is alone; benign devices and simulations go by turns."""
    alone, turns = [], [[] for _ in range(BENIGN_FOLDS)]
    present = np.unique(data.scenario[rows])
    for position, scenario in enumerate(present):
        chosen = rows[data.scenario[rows] == scenario]
        if data.scenarios[scenario]["kind"] == "real" and (data.y[chosen] != BENIGN).any():
            alone.append(np.array([scenario]))
        else:
            turns[position % BENIGN_FOLDS].append(scenario)
    return alone + [np.array(turn) for turn in turns if turn]


def unseen_scores(data: Dataset, rows: np.ndarray) -> np.ndarray:
    """Raw scores of each row by a model that has not seen its scenario."""
    raw = np.zeros((len(rows), len(CLASSES)))
    for held in folds(data, rows):
        out = np.isin(data.scenario[rows], held)
        raw[out] = train(data, rows[~out]).predict(data.x[rows[out]], raw_score=True)
    return raw


def quality(truth: np.ndarray, called: np.ndarray) -> dict[str, float]:
    true = int((truth & called).sum())
    precision = true / called.sum() if called.any() else 0.0
    recall = true / truth.sum() if truth.any() else 0.0
    f1 = 2 * precision * recall / (precision + recall) if true else 0.0
    return {"precision": float(precision), "recall": float(recall), "f1": float(f1)}


def measure(y: np.ndarray, probabilities: np.ndarray, called: np.ndarray) -> dict:
    """Malicious against benign, and each class against all others. PR-AUC is over scores, without thresholds."""
    malicious = y != BENIGN
    result = {
        "rows": int(len(y)),
        "malicious": int(malicious.sum()),
        "falseAlarms": int((~malicious & (called != BENIGN)).sum()),
        "all": quality(malicious, called != BENIGN),
        "classes": {},
    }
    if malicious.any() and not malicious.all():
        result["all"]["prAuc"] = float(average_precision_score(malicious, 1 - probabilities[:, BENIGN]))
    for index, name in enumerate(CLASSES):
        truth = y == index
        if index == BENIGN or not truth.any():
            continue
        entry = {"rows": int(truth.sum()), **quality(truth, called == index)}
        if not truth.all():
            entry["prAuc"] = float(average_precision_score(truth, probabilities[:, index]))
        result["classes"][name] = entry
    return result
