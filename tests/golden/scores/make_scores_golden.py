"""Writes scores.json.gz: random pairs of tag sequences with their scores by seqeval.

Run:  python tests/golden/scores/make_scores_golden.py
Each case holds a few sentences of gold and predicted tags. Openings that IOB2 forbids (I- after O, after another label, at
the beginning) are frequent, labels hold hyphens, some sentences are empty, some labels stand on one side only. `default` is
seqeval without mode, `strict` is mode='strict' with scheme IOB2, both with zero_division=0. A macro mean over no labels is
NaN in seqeval; such a case keeps null there.
"""
import gzip, json, math, random, warnings
from importlib.metadata import version
from pathlib import Path

from seqeval.metrics.v1 import precision_recall_fscore_support as strict_prfs
from seqeval.metrics.v1 import unique_labels
from seqeval.metrics.sequence_labeling import get_entities, precision_recall_fscore_support
from seqeval.scheme import IOB2

warnings.filterwarnings("ignore")
LABELS = ["PER", "ORG", "LOC", "MISC", "MISC-OTHER", "MISC-OTHER-2", "creative-work", "é", "per"]


def tags(rng, length, labels, wild):
    out, open_label = [], None
    for _ in range(length):
        r = rng.random()
        if open_label and r < 0.45:
            out.append("I-" + open_label)
        elif r < 0.6:
            out.append("O"); open_label = None
        else:
            open_label = rng.choice(labels)
            out.append(("I-" if rng.random() < wild else "B-") + open_label)
    return out


def disturb(rng, gold, labels, wild):
    """A prediction that is often right, so that scores are not all near 0."""
    kind = rng.random()
    if kind < 0.3: return tags(rng, len(gold), labels, wild)
    out = list(gold)
    for i in range(len(out)):
        if rng.random() < 0.2:
            out[i] = rng.choice(["O", "B-" + rng.choice(labels), "I-" + rng.choice(labels)])
    return out


def row(p, r, f, s):
    # A list, not a tuple: precision, recall, f1, support.
    return [None if math.isnan(x) else float(x) for x in (p, r, f)] + [int(s)]


def report(gold, pred, strict):
    f = (lambda average: strict_prfs(gold, pred, average=average, zero_division=0, scheme=IOB2)) if strict else (
        lambda average: precision_recall_fscore_support(gold, pred, average=average, zero_division=0))
    if strict: names = unique_labels(gold, pred, IOB2)
    else: names = sorted({e[0] for e in get_entities(gold)} | {e[0] for e in get_entities(pred)})
    macro = [None, None, None, 0] if not names else row(*f("macro"))
    return {"micro": row(*f("micro")), "macro": macro, "labels": {n: row(*x) for n, x in zip(names, zip(*f(None)))}}


def main():
    rng = random.Random(20)
    cases = []
    for n in range(700):
        labels = rng.sample(LABELS, rng.randint(1, len(LABELS)))
        wild = rng.choice([0.0, 0.1, 0.5, 1.0])
        gold = [tags(rng, rng.choice([0, 1, 2, 5, 9, 14]), labels, wild) for _ in range(rng.randint(1, 5))]
        pred = [disturb(rng, g, labels if rng.random() < 0.7 else LABELS, wild) for g in gold]
        if n % 50 == 0: pred = [["O"] * len(g) for g in gold]
        if n % 50 == 1: gold = [["O"] * len(g) for g in gold]
        if n % 50 == 2: gold = pred = [["O"] * len(g) for g in gold]
        cases.append({"gold": gold, "predicted": pred,
                      "default": report(gold, pred, False), "strict": report(gold, pred, True)})
    versions = {name: version(name) for name in ("seqeval", "numpy", "scikit-learn")}
    body = json.dumps({"versions": versions, "columns": ["precision", "recall", "f1", "support"], "cases": cases},
                      ensure_ascii=False, separators=(",", ":"))
    path = Path(__file__).with_name("scores.json.gz")
    path.write_bytes(gzip.compress(body.encode(), 9, mtime=0))
    print(len(cases), "cases", path.stat().st_size, "bytes", versions)


main()
