"""Writes offsets.json: files as Python's tools write them, with the text that each span covers in Python.

Run:  python tests/golden/formats/make_offsets.py
Offsets count code points, as Python's strings do; the texts hold characters outside the basic plane.
"""
import csv, io, json, re, sys
from pathlib import Path

TEXTS = [("😀 Ann met Bob 👍🏽 in New York.", [("Ann", "PER"), ("Bob", "PER"), ("New York", "LOC")]),
         ("plain text about Rome", [("Rome", "LOC")]),
         ("𝐀𝐁 Größe, 'quoted', \"double\" and a\ttab", [("Größe", "MISC"), ("𝐀𝐁", "ORG")]),
         ("👩‍🚒 firemen drive firetrucks at work", [("firetrucks", "THING")])]


def spans(text, found): return [(text.index(f), text.index(f) + len(f), label) for f, label in found]


def lines(rows): return "".join(json.dumps(row, ensure_ascii=i % 2 == 0) + "\n" for i, row in enumerate(rows))


def tokens(text):
    return [{"text": m.group(), "start": m.start(), "end": m.end(), "id": i}
            for i, m in enumerate(re.finditer(r"\w+|[^\w\s]", text))]


table = io.StringIO()
writer = csv.writer(table)
writer.writerow(["id", "text", "source"])
for i, (text, _) in enumerate(TEXTS): writer.writerow([f"t{i}", text + ("\nsecond line" if i == 1 else ""), "a, b"])
files = {
    "prodigy": lines({"text": t, "tokens": tokens(t), "answer": "accept",
                      "spans": [{"start": s, "end": e, "label": l} for s, e, l in spans(t, f)]} for t, f in TEXTS),
    "spacy": json.dumps([[t, {"entities": spans(t, f)}] for t, f in TEXTS]),
    "label-studio": json.dumps([{"id": i, "data": {"text": t}, "annotations": [{"result": [
        {"type": "labels", "value": {"start": s, "end": e, "text": t[s:e], "labels": [l]}} for s, e, l in spans(t, f)]}]}
        for i, (t, f) in enumerate(TEXTS)], indent=2),
    "doccano": lines({"id": i, "text": t, "label": spans(t, f)} for i, (t, f) in enumerate(TEXTS)),
}
out = {"python": sys.version.split()[0], "files": files, "csv": table.getvalue(),
       "covered": [[t, [[t[s:e], l] for s, e, l in spans(t, f)]] for t, f in TEXTS]}
Path(__file__).with_name("offsets.json").write_text(json.dumps(out) + "\n")
