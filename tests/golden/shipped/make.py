"""The shipped checkpoint, transformers' tokenizer and PyTorch on sentences of the sample.

Writes beside itself:
  `logits.safetensors`  `layers2` and `layers6`: logits [N, 9] of 8 sentences, packed, with the head of `start.safetensors`
  `curve.json`          loss and norm of 50 steps at 2 layers: 24 gold sentences, batch 4, no dropout

Run: python tests/golden/shipped/make.py    Made with torch 2.13.0, transformers 5.23.0, safetensors 0.8.0; one thread.
"""
import json
import re
from pathlib import Path

import torch
import transformers
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from transformers import AutoTokenizer, BertConfig, BertForTokenClassification

HERE = Path(__file__).parent
PUBLIC = HERE.parents[2] / "public"
CHECKPOINT = PUBLIC / "models" / "all-MiniLM-L6-v2"
TAGS = ["O"] + [prefix + label for label in ("LOC", "MISC", "ORG", "PER") for prefix in ("B-", "I-")]
SETTINGS = {"learningRate": 3e-4, "weightDecay": 0.01, "clipNorm": 1.0, "warmup": 0.1}
VERSIONS = {"torch": torch.__version__, "transformers": transformers.__version__}
WORD = re.compile(r"\w+(?:['’]\w+)?|[^\w\s]")

tokenizer = AutoTokenizer.from_pretrained(CHECKPOINT)


def lines(name, count):
    text = (PUBLIC / "samples" / "sotu" / name).read_text()
    return [json.loads(line) for line in text.splitlines()[:count]]


def words_of(text):
    """Words; a final 's stands alone."""
    for match in WORD.finditer(text):
        a, b = match.span()
        if b - a > 2 and text[b - 2 : b] in ("'s", "’s"):
            yield a, b - 2
            a = b - 2
        yield a, b


def encode(item):
    words = list(words_of(item["text"]))
    tags = ["O"] * len(words)
    for span in item["spans"]:
        inside = [i for i, (a, b) in enumerate(words) if a < span["end"] and b > span["start"]]
        for k, i in enumerate(inside):
            tags[i] = ("I-" if k else "B-") + span["label"]
    pieces = tokenizer([item["text"][a:b] for a, b in words], is_split_into_words=True)
    labels, before = [], None
    for word in pieces.word_ids():
        labels.append(-100 if word is None or word == before else TAGS.index(tags[word]))
        before = word
    return pieces["input_ids"], labels


def model(layers):
    config = BertConfig.from_pretrained(
        CHECKPOINT, num_labels=9, num_hidden_layers=layers, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0
    )
    loaded = BertForTokenClassification.from_pretrained(CHECKPOINT, config=config, dtype=torch.float32)
    loaded.load_state_dict(load_file(HERE / "start.safetensors"), strict=False)
    return loaded


def collated(batch):
    def pad(rows, fill):
        longest = max(map(len, rows))
        return torch.tensor([row + [fill] * (longest - len(row)) for row in rows])

    ids, labels = zip(*batch)
    return {"input_ids": pad(ids, 0), "attention_mask": pad([[1] * len(r) for r in ids], 0), "labels": pad(labels, -100)}


def logits():
    batch = [encode(item) for item in lines("gold-test.jsonl", 8)]
    out = {}
    for layers in (2, 6):
        with torch.no_grad():
            found = model(layers).eval()(**collated(batch)).logits
        out[f"layers{layers}"] = torch.cat([row[: len(ids)] for row, (ids, _) in zip(found, batch)]).contiguous()
    facts = {"ids": [ids for ids, _ in batch], "versions": VERSIONS}
    save_file(out, HERE / "logits.safetensors", {k: json.dumps(v) for k, v in facts.items()})
    (HERE / "logits.safetensors").chmod(0o644)


def curve():
    with safe_open(HERE / "start.safetensors", "pt") as start:
        batches = json.loads(start.metadata()["batches"])
    data = [encode(item) for item in lines("gold-train.jsonl", 24)]
    net = model(2).train()
    without = ("bias", "LayerNorm.weight")
    groups = [
        {"params": [p for n, p in net.named_parameters() if not n.endswith(without)], "weight_decay": SETTINGS["weightDecay"]},
        {"params": [p for n, p in net.named_parameters() if n.endswith(without)], "weight_decay": 0.0},
    ]
    opt = torch.optim.AdamW(groups, lr=SETTINGS["learningRate"])
    steps, rise = len(batches), max(1, int(SETTINGS["warmup"] * len(batches)))
    losses, norms, tokens = [], [], []
    for step, batch in enumerate(batches):
        for group in opt.param_groups:
            group["lr"] = SETTINGS["learningRate"] * min((step + 1) / rise, max(0.0, (steps - step) / max(1, steps - rise)))
        inputs = collated([data[i] for i in batch])
        loss = net(**inputs).loss
        loss.backward()
        norms.append(torch.nn.utils.clip_grad_norm_(net.parameters(), SETTINGS["clipNorm"]).item())
        losses.append(loss.item())
        tokens.append(int(inputs["attention_mask"].sum()))
        opt.step()
        opt.zero_grad()
    golden = {"settings": SETTINGS, "losses": losses, "norms": norms, "tokens": tokens, "versions": VERSIONS}
    (HERE / "curve.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")
    print("loss", losses[0], losses[-1], "norms", min(norms), max(norms), "tokens", sum(tokens))


if __name__ == "__main__":
    torch.manual_seed(0)
    torch.set_num_threads(1)
    logits()
    curve()
