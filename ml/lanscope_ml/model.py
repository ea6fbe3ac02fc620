"""Boosted trees, their calibration and thresholds; logistic regression as what they must be better than."""

from __future__ import annotations

from dataclasses import dataclass

import lightgbm as lgb
import numpy as np
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from .data import BENIGN, CLASSES, Dataset

ROUNDS = 28
PARAMETERS = {
    "objective": "multiclass",
    "num_class": len(CLASSES),
    "learning_rate": 0.2,
    "num_leaves": 16,
    "min_data_in_leaf": 60,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "max_bin": 127,
    "seed": 23,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "verbose": -1,
}

# A flow is called malicious below this never, whatever the data at hand would allow.
LOWEST_THRESHOLD = 0.6
HIGHEST_THRESHOLD = 0.97
# False calls of one class among benign flows of real captures, at most.
BENIGN_SHARE = 0.0003
# Simulated networks are busier with odd but harmless flows than real ones.
SIMULATED_SHARE = 0.003


def weights(data: Dataset, rows: np.ndarray) -> np.ndarray:
    """Classes weigh alike, and within a class many rows of one scenario weigh less each: floods must not drown all."""
    y, scenario = data.y[rows], data.scenario[rows]
    result = np.ones(len(rows))
    key = scenario * len(CLASSES) + y
    _, inverse, counts = np.unique(key, return_inverse=True, return_counts=True)
    result /= np.sqrt(counts[inverse])
    result[data.is_real()[rows]] *= 3
    for index in range(len(CLASSES)):
        chosen = y == index
        if chosen.any():
            result[chosen] /= result[chosen].sum()
    result[y == BENIGN] *= 3
    return result * len(rows) / result.sum()


def train(data: Dataset, rows: np.ndarray) -> lgb.Booster:
    table = lgb.Dataset(data.x[rows], data.y[rows], weight=weights(data, rows), free_raw_data=True)
    return lgb.train(PARAMETERS, table, num_boost_round=ROUNDS)


def train_linear(data: Dataset, rows: np.ndarray):
    model = make_pipeline(
        FunctionTransformer(signed_log), StandardScaler(), LogisticRegression(max_iter=300, C=0.5)
    )
    if len(rows) > 40_000:
        rows = np.random.default_rng(23).choice(rows, 40_000, replace=False, p=weights(data, rows) / len(rows))
        model.fit(data.x[rows], data.y[rows])
    else:
        model.fit(data.x[rows], data.y[rows], logisticregression__sample_weight=weights(data, rows))
    return model


def signed_log(x: np.ndarray) -> np.ndarray:
    return np.sign(x) * np.log1p(np.abs(x))


def linear_probabilities(model, x: np.ndarray) -> np.ndarray:
    found = np.zeros((len(x), len(CLASSES)))
    found[:, model.classes_] = model.predict_proba(x)
    return found


def softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


@dataclass
class Calibration:
    """Probabilities are softmax(raw / temperature + bias)."""

    temperature: float
    bias: np.ndarray

    def apply(self, raw: np.ndarray) -> np.ndarray:
        return softmax(raw / self.temperature + self.bias)


def calibrate(raw: np.ndarray, y: np.ndarray, weight: np.ndarray) -> Calibration:
    """Fitted on scores of scenarios that the model had not seen."""
    share = weight / weight.sum()

    def loss(parameters: np.ndarray) -> float:
        bias = np.concatenate([[0.0], parameters[1:]])
        found = softmax(raw / np.exp(parameters[0]) + bias)
        likelihood = np.log(np.maximum(found[np.arange(len(y)), y], 1e-9))
        return float(-(share * likelihood).sum() + 0.001 * (parameters**2).sum())

    best = minimize(loss, np.zeros(len(CLASSES)), method="L-BFGS-B", bounds=[(-0.7, 1.5)] + [(-3, 3)] * 4)
    return Calibration(
        round(float(np.exp(best.x[0])), 4), np.round(np.concatenate([[0.0], best.x[1:]]), 4)
    )


def choose_thresholds(probabilities: np.ndarray, data: Dataset, rows: np.ndarray) -> dict[str, float]:
    """
    The lowest thresholds that keep false calls among unseen benign flows below the bounds; the highest for a class that was
    never seen in reality, as what is like its simulations may be harmless in many ways that nobody simulated.
    """
    benign = data.y[rows] == BENIGN
    real = data.is_real()[rows]
    called = probabilities[:, 1:].argmax(axis=1) + 1
    thresholds = {}
    for index, name in enumerate(CLASSES):
        if index == BENIGN:
            continue
        lowest = LOWEST_THRESHOLD if (real & (data.y[rows] == index)).any() else HIGHEST_THRESHOLD
        for chosen, share in ((benign & real, BENIGN_SHARE), (benign & ~real, SIMULATED_SHARE)):
            scores = np.where(called[chosen] == index, probabilities[chosen, index], 0.0)
            if len(scores) > 0:
                lowest = max(lowest, float(np.quantile(scores, 1 - share)) + 1e-3)
        thresholds[name] = round(min(lowest, HIGHEST_THRESHOLD), 3)
    return thresholds


def call(probabilities: np.ndarray, thresholds: dict[str, float]) -> np.ndarray:
    """What each flow is called: the likeliest malicious class if it reaches its threshold, else benign."""
    likeliest = probabilities[:, 1:].argmax(axis=1) + 1
    limits = np.array([2.0] + [thresholds[name] for name in CLASSES[1:]])
    reached = probabilities[np.arange(len(likeliest)), likeliest] >= limits[likeliest]
    return np.where(reached, likeliest, BENIGN)
