"""Sentence embeddings of the shipped checkpoint: the mean of transformers' last hidden states over the pieces of each sentence.

Writes `embeddings.safetensors` beside itself: `mean` [8, 384] of the first 8 sentences of the sample's test set, texts in its metadata.
The pooling is that of the checkpoint's card, before its last step: nothing is normalised.

Run: python tests/golden/shipped/make_embeddings.py    Made with torch 2.13.0, transformers 5.23.0, safetensors 0.8.0; one thread.
"""
import json
from pathlib import Path

import torch
import transformers
from safetensors.torch import save_file
from transformers import AutoModel, AutoTokenizer

HERE = Path(__file__).parent
PUBLIC = HERE.parents[2] / "public"
CHECKPOINT = PUBLIC / "models" / "all-MiniLM-L6-v2"

if __name__ == "__main__":
    torch.set_num_threads(1)
    lines = (PUBLIC / "samples" / "sotu" / "gold-test.jsonl").read_text().splitlines()[:8]
    texts = [json.loads(line)["text"] for line in lines]
    tokenizer = AutoTokenizer.from_pretrained(CHECKPOINT)
    model = AutoModel.from_pretrained(CHECKPOINT, dtype=torch.float32).eval()
    inputs = tokenizer(texts, padding=True, return_tensors="pt")
    with torch.no_grad():
        states = model(**inputs).last_hidden_state
    mask = inputs["attention_mask"].unsqueeze(-1)
    mean = (states * mask).sum(1) / mask.sum(1)
    versions = {"torch": torch.__version__, "transformers": transformers.__version__}
    facts = {"texts": json.dumps(texts), "versions": json.dumps(versions)}
    save_file({"mean": mean.contiguous()}, HERE / "embeddings.safetensors", facts)
    (HERE / "embeddings.safetensors").chmod(0o644)
