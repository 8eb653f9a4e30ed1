"""Writes agreement.json: agreement of two random labellings by scikit-learn and seqeval.

Run:  python tests/golden/agreement/make_agreement_golden.py
Words are one letter with one space between them; spans are given by word numbers [first, last], and do not overlap.
"""
import json, random, sys, warnings
from importlib.metadata import version
from pathlib import Path

from seqeval.metrics import f1_score
from sklearn.metrics import cohen_kappa_score, confusion_matrix

warnings.filterwarnings("ignore")
LABELS = ["LOC", "MISC-OTHER", "PER"]


def spans(rng, n, rate):
    out, at = [], 0
    while at < n:
        if rng.random() < rate:
            last = min(n - 1, at + rng.choice([0, 0, 1, 2]))
            out.append([at, last, rng.choice(LABELS)])
            at = last + 1
        else: at += 1
    return out


def copied(rng, gold, n):
    """A second annotator: mostly the same, some missed, some of another label, some with another end, some added."""
    out = []
    for first, last, label in gold:
        r = rng.random()
        if r < 0.15: continue
        if r < 0.25: label = rng.choice(LABELS)
        if 0.25 < r < 0.35 and last > first: last -= 1
        out.append([first, last, label])
    free = sorted(set(range(n)) - {w for f, l, _ in out for w in range(f, l + 1)})
    if free and rng.random() < 0.3:
        w = rng.choice(free); out.append([w, w, rng.choice(LABELS)])
    return sorted(out)


def tags(spans, n):
    out = ["O"] * n
    for first, last, label in spans:
        for w in range(first, last + 1): out[w] = ("B-" if w == first else "I-") + label
    return out


def number(x): return None if x != x else float(x)


cases = []
for seed, (count, rate) in enumerate([(40, 0.3), (30, 0.05), (5, 0.9), (60, 0.15), (3, 0.0)]):
    rng = random.Random(seed)
    sentences = []
    for _ in range(count):
        n = rng.randint(1, 14)
        a = spans(rng, n, rate)
        sentences.append({"words": n, "a": a, "b": copied(rng, a, n) if rate else []})
    ta = [tags(s["a"], s["words"]) for s in sentences]
    tb = [tags(s["b"], s["words"]) for s in sentences]
    wa = [t[2:] or "O" for s in ta for t in s]
    wb = [t[2:] or "O" for s in tb for t in s]
    marked = [(x, y) for x, y in zip(wa, wb) if x != "O" or y != "O"]
    names = ["O"] + sorted({t for t in wa + wb if t != "O"})
    kappa = lambda x, y: number(cohen_kappa_score(x, y)) if len(x) else None
    cases.append({
        "sentences": sentences,
        "spanF1": f1_score(ta, tb, zero_division=1) if any(s["a"] or s["b"] for s in sentences) else 1,
        "kappaAll": kappa(wa, wb),
        "kappaMarked": kappa(*zip(*marked)) if marked else None,
        "kappaOfLabel": {n: kappa([x == n for x in wa], [y == n for y in wb]) for n in names[1:]},
        "names": names,
        "confusion": confusion_matrix(wa, wb, labels=names).tolist(),
    })
out = {"python": sys.version.split()[0], "scikit-learn": version("scikit-learn"), "seqeval": version("seqeval"), "cases": cases}
Path(__file__).with_name("agreement.json").write_text(json.dumps(out) + "\n")
