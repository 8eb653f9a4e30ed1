"""Writes grounding.json.gz: the teacher's answers of the sample, grounded by a plain left-to-right search.

Run:  python tests/golden/grounding/make_grounding_golden.py
The rule is that of the reference runs: each entity's words are sought from the end of the entity before; where they are not,
from the beginning; an occurrence that touches an earlier span is lost. Offsets here are code points turned into UTF-16 code
units. Also the span F1 (range and label) of the first 200 sentences against the gold spans, standard and chain of thought.
"""
import gzip, json, sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3] / "public" / "samples" / "sotu"


def lines(name):
    return [json.loads(line) for line in (ROOT / name).read_text(encoding="utf-8").split("\n") if line.strip()]


def units(text, i):
    return len(text[:i].encode("utf-16-le")) // 2


def ground(text, entities):
    taken, at = [], 0
    for entity in entities:
        wanted = entity["text"]
        if not wanted: continue
        i = text.find(wanted, at)
        if i < 0: i = text.find(wanted)
        if i < 0: continue
        j = i + len(wanted)
        if any(a < j and i < b for a, b, _ in taken): continue
        taken.append((i, j, entity["type"])); at = j
    return [[units(text, a), units(text, b), label] for a, b, label in taken]


def grounded(name, texts):
    out = {}
    for answer in lines(name):
        body = answer["response"][answer["response"].rfind('{"entities"'):]
        out[answer["id"]] = ground(texts[answer["id"]], json.loads(body)["entities"])
    return out


def f1(found, gold):
    tp = sum(len({tuple(s) for s in found[i]} & {tuple(s) for s in gold[i]}) for i in gold)
    n_found, n_gold = sum(len(found[i]) for i in gold), sum(len(gold[i]) for i in gold)
    return 2 * tp / (n_found + n_gold)


texts = {r["id"]: r["text"] for r in lines("unlabelled-train.jsonl")}
gold = {r["id"]: [[s["start"], s["end"], s["label"]] for s in r["spans"]] for r in lines("gold-train.jsonl")}
standard, cot = grounded("answers-standard.jsonl", texts), grounded("answers-cot.jsonl", texts)
result = {"python": sys.version.split()[0], "standard": standard, "cot": cot,
          "f1": {"standard": f1(standard, gold), "cot": f1(cot, gold)}}
path = Path(__file__).with_name("grounding.json.gz")
path.write_bytes(gzip.compress(json.dumps(result, separators=(",", ":")).encode(), 9, mtime=0))
print(len(standard), len(cot), result["f1"], path.stat().st_size, "bytes")
