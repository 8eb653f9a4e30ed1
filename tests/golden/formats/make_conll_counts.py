"""Writes conll-counts.json: what public CoNLL files hold, counted by a plain reader and seqeval.

Run:  python tests/golden/formats/make_conll_counts.py SHARED
SHARED is the folder that holds data/real. The files themselves do not ship; the counts do.
"""
import json, sys
from collections import Counter
from importlib.metadata import version
from pathlib import Path

from seqeval.metrics.sequence_labeling import get_entities

FILES = ["wikigold/wikigold.conll.txt", "wnut17/wnut17train.conll", "wnut17/emerging.dev.conll",
         "wnut17/emerging.test.annotated", "crossner-politics/train.txt", "crossner-politics/test.txt",
         "SEC-filings/FIN5.train.txt", "SEC-filings/FIN3.test.txt"]


def sentences(path):
    tags = []
    for line in path.read_text(encoding="utf-8", errors="replace").split("\n"):
        columns = line.split()
        if not columns or columns[0].startswith("-DOCSTART-"):
            if tags: yield tags
            tags = []
        else: tags.append(columns[-1])
    if tags: yield tags


root = Path(sys.argv[1]) / "data" / "real"
out = {}
for name in FILES:
    all_tags = list(sentences(root / name))
    labels = Counter(label for tags in all_tags for label, _, _ in get_entities(tags))
    out[name] = {"sentences": len(all_tags), "tokens": sum(map(len, all_tags)), "labels": dict(sorted(labels.items()))}
result = {"python": sys.version.split()[0], "seqeval": version("seqeval"), "files": out}
Path(__file__).with_name("conll-counts.json").write_text(json.dumps(result, indent=1) + "\n")
