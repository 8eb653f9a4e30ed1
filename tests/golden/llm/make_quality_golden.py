"""Writes quality.json: percentile bootstrap intervals of precision, recall and F1 by NumPy, over stored draws of sentences.

Run:  python tests/golden/llm/make_quality_golden.py
Each sentence has entities found rightly, predicted and in gold; a score that is not defined is 0, as with zero_division=0.
Also approximate randomisation in its exact form: all 2^n exchanges of the sentences of two teachers.
"""
import itertools, json, sys
from pathlib import Path

import numpy as np

rng = np.random.default_rng(7)
ROUNDS, LEVEL = 150, 0.95


def counts(n, rate):
    gold = rng.poisson(rate, n)
    correct = rng.binomial(gold, 0.8)
    return {"correct": correct.tolist(), "predicted": (correct + rng.poisson(0.3, n)).tolist(), "gold": gold.tolist()}


def scores(c, rows):
    k, p, g = (np.array(c[name])[rows].sum() for name in ("correct", "predicted", "gold"))
    return [k / p if p else 0.0, k / g if g else 0.0, 2 * k / (p + g) if k else 0.0]


def case(n, rate):
    c, draws = counts(n, rate), rng.integers(0, n, (ROUNDS, n))
    drawn = np.array([scores(c, rows) for rows in draws])
    real = scores(c, np.arange(n))
    ends = np.percentile(drawn, [50 * (1 - LEVEL), 50 * (1 + LEVEL)], axis=0)
    return {"counts": c, "draws": draws.tolist(), "scores": [
        {"value": real[i], "low": ends[0][i], "high": ends[1][i]} for i in range(3)]}


def paired(n):
    a = counts(n, 1.5)
    b = {"gold": a["gold"], "correct": rng.binomial(a["gold"], 0.55).tolist()}
    b["predicted"] = [x + int(y) for x, y in zip(b["correct"], rng.poisson(0.5, n))]
    f1 = lambda c: scores(c, np.arange(n))[2]
    real, as_large = f1(b) - f1(a), 0
    for swap in itertools.product([0, 1], repeat=n):
        x, y = ({"gold": a["gold"], **{name: [(q if s else p) for p, q, s in zip(first[name], second[name], swap)]
                for name in ("correct", "predicted")}} for first, second in ((a, b), (b, a)))
        as_large += abs(f1(y) - f1(x)) >= abs(real) - 1e-12
    return {"a": a, "b": b, "difference": real, "p": as_large / 2 ** n}


out = {"python": sys.version.split()[0], "numpy": np.__version__, "cases": [case(20, 1.2), case(12, 0.2)], "paired": paired(12)}
Path(__file__).with_name("quality.json").write_text(json.dumps(out, separators=(",", ":")) + "\n")
