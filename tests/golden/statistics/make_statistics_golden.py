"""Makes statistics.json: paired t tests and exact permutation tests (SciPy), Holm (statsmodels), and bootstrap percentiles from a
stored index matrix (NumPy). Run: python make_statistics_golden.py, with scipy, statsmodels and numpy of the versions in the file."""
import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
from scipy import stats
from statsmodels.stats.multitest import multipletests

rng = np.random.default_rng(20261124)


def t_case(differences):
    result = stats.ttest_1samp(differences, 0)
    interval = result.confidence_interval(0.95)
    return {"differences": [float(d) for d in differences], "p": float(result.pvalue), "low": float(interval.low), "high": float(interval.high)}


def counts(seeds, units, skill):
    """Correct, predicted and gold entities by unit; gold is the same for all seeds."""
    gold = rng.integers(0, 5, units)
    runs = []
    for _ in range(seeds):
        correct = rng.binomial(gold, skill)
        predicted = correct + rng.binomial(2, 0.3, units)
        runs.append({"correct": correct.tolist(), "predicted": predicted.tolist(), "gold": gold.tolist()})
    return gold, runs


def with_gold(gold, seeds, skill):
    runs = []
    for _ in range(seeds):
        correct = rng.binomial(gold, skill)
        predicted = correct + rng.binomial(2, 0.3, len(gold))
        runs.append({"correct": correct.tolist(), "predicted": predicted.tolist(), "gold": gold.tolist()})
    return runs


def mean_f1(runs, units):
    total = 0.0
    for run in runs:
        c, p, g = (sum(run[name][u] for u in units) for name in ("correct", "predicted", "gold"))
        total += 2 * c / (p + g) if c else 0.0
    return total / len(runs)


def permutation_case(units, seeds, skills):
    gold, a = counts(seeds, units, skills[0])
    b = with_gold(gold, seeds, skills[1])
    everything = range(units)

    def statistic(first, second):
        """first and second hold, unit by unit, which side's predictions stand there: 0 for a, 1 for b."""
        sides = (first.astype(int), second.astype(int))
        means = []
        for side in sides:
            runs = [
                {name: [(b if side[u] else a)[s][name][u] for u in everything] for name in ("correct", "predicted", "gold")}
                for s in range(seeds)
            ]
            means.append(mean_f1(runs, everything))
        return abs(means[0] - means[1])

    result = stats.permutation_test(
        (np.zeros(units), np.ones(units)), statistic, permutation_type="samples", alternative="greater", n_resamples=np.inf, vectorized=False
    )
    return {"a": a, "b": b, "p": float(result.pvalue), "permutations": 2**units}


def bootstrap_case(units, seeds, rounds):
    gold, a = counts(seeds, units, 0.8)
    b = with_gold(gold, seeds, 0.6)
    indices = rng.integers(0, units, (rounds, units))
    differences = [mean_f1(a, row) - mean_f1(b, row) for row in indices]
    low, high = np.percentile(differences, [2.5, 97.5])
    return {"a": a, "b": b, "indices": indices.tolist(), "low": float(low), "high": float(high)}


def holm_case(values):
    return {"p": values, "adjusted": multipletests(values, method="holm")[1].tolist()}


golden = {
    "versions": {name: version(name) for name in ("numpy", "scipy", "statsmodels")},
    "t": [t_case(d) for d in ([0.01, 0.03], [0.02, 0.025, 0.018], [0.01, -0.02, 0.03, 0.004, 0.011], rng.normal(0.02, 0.01, 10), rng.normal(0, 0.01, 31), rng.normal(0.5, 0.001, 5))],
    "permutation": [permutation_case(8, 3, (0.9, 0.5)), permutation_case(10, 2, (0.7, 0.6)), permutation_case(9, 1, (0.8, 0.8))],
    "bootstrap": [bootstrap_case(12, 3, 200), bootstrap_case(7, 1, 100)],
    "holm": [holm_case(v) for v in ([0.01, 0.04, 0.03, 0.005], [0.02, 0.02, 0.02], [0.9, 0.6, 0.001, 0.04, 0.04, 0.5], [0.03])],
    "quantiles": {"values": (values := sorted(rng.normal(size=9).tolist())), "of": [[q, float(np.quantile(values, q))] for q in (0, 0.025, 0.3, 0.5, 0.975, 1)]},
}
Path(__file__).with_name("statistics.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")
