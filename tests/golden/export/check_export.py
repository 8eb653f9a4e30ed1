"""Loads a folder that Vermeil exported as anybody would, and writes `logits.safetensors` beside this script: transformers'
logits [N, 9] of the sequences of `../model/l3-h60.golden.safetensors`, and in the metadata the SHA-256 of what was loaded.

Run: node tests/golden/export/write.mjs FOLDER && python tests/golden/export/check_export.py FOLDER
Made with torch 2.13.0, transformers 5.23.0, safetensors 0.8.0.
"""
import hashlib
import json
import sys
from pathlib import Path

import torch
import transformers
from safetensors import safe_open
from safetensors.torch import save_file
from transformers import AutoModelForTokenClassification, AutoTokenizer

HERE = Path(__file__).parent
folder = Path(sys.argv[1])

with safe_open(folder / "model.safetensors", "pt") as file:
    assert file.metadata() == {"format": "pt"}, file.metadata()
    names = set(file.keys())
    assert not [name for name in names if "pooler" in name or "position_ids" in name]
    assert all(name.startswith(("bert.", "classifier.")) for name in names)

model, info = AutoModelForTokenClassification.from_pretrained(folder, dtype=torch.float32, output_loading_info=True)
for kind in ("missing_keys", "unexpected_keys", "mismatched_keys"):
    assert not info[kind], (kind, info[kind])
assert type(model).__name__ == "BertForTokenClassification"
assert model.config.id2label[1] == "B-LOC" and model.config.label2id["I-PER"] == 8 and model.config.num_labels == 9
assert model.config.architectures == ["BertForTokenClassification"]
own = {name: tensor.shape for name, tensor in model.state_dict().items()}
assert names == set(own), names ^ set(own)

tokenizer = AutoTokenizer.from_pretrained(folder)
assert len(tokenizer("ab ac")["input_ids"]) == 4

with safe_open(HERE.parent / "model" / "l3-h60.golden.safetensors", "pt") as golden:
    sequences = json.loads(golden.metadata()["ids"])
model.eval()
with torch.no_grad():
    logits = torch.cat([model(input_ids=torch.tensor([ids])).logits[0] for ids in sequences])
sha = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in ("model.safetensors", "config.json", "vocab.txt")}
facts = {"sha256": sha, "versions": {"torch": torch.__version__, "transformers": transformers.__version__}}
save_file({"logits": logits.contiguous()}, HERE / "logits.safetensors", {k: json.dumps(v) for k, v in facts.items()})
(HERE / "logits.safetensors").chmod(0o644)
print("ok", tuple(logits.shape))
