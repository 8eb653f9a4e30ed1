"""Fine-tuning steps of Hugging Face's BertForTokenClassification on one thread, asked for by pytorch.mjs.

A line of JSON in, a line out. First {"checkpoint", "layers", "tags"}; then {"batch": [{"ids", "labels"}, ...]}, one
optimizer step each, answered with its time in milliseconds. Needs torch and transformers; run with 2.13 and 5.23.
"""

import json
import sys
import time

import torch
import transformers
from transformers import BertConfig, BertForTokenClassification

torch.set_num_threads(1)
torch.manual_seed(0)
transformers.logging.set_verbosity_error()
transformers.logging.disable_progress_bar()


def answer(value):
    print(json.dumps(value), flush=True)


def model_of(checkpoint, layers, tags):
    config = BertConfig.from_pretrained(checkpoint)
    config.num_hidden_layers = layers
    config.num_labels = tags
    # The file is fp16, in which AdamW gives NaN.
    return BertForTokenClassification.from_pretrained(checkpoint, config=config, dtype=torch.float32).train()


def collate(batch):
    longest = max(len(one["ids"]) for one in batch)

    def padded(key, value):
        return torch.tensor([one[key] + [value] * (longest - len(one[key])) for one in batch])

    mask = torch.tensor([[1] * len(one["ids"]) + [0] * (longest - len(one["ids"])) for one in batch])
    return padded("ids", 0), mask, padded("labels", -100)


def step(model, optimizer, batch):
    ids, mask, labels = collate(batch)
    loss = model(input_ids=ids, attention_mask=mask, labels=labels).loss
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad()
    return loss.item()


def main():
    model = optimizer = None
    for line in sys.stdin:
        asked = json.loads(line)
        if "checkpoint" in asked:
            model = model_of(asked["checkpoint"], asked["layers"], asked["tags"])
            decayed = [p for n, p in model.named_parameters() if not n.endswith(("bias", "LayerNorm.weight"))]
            others = [p for n, p in model.named_parameters() if n.endswith(("bias", "LayerNorm.weight"))]
            groups = [{"params": decayed, "weight_decay": 0.01}, {"params": others, "weight_decay": 0.0}]
            optimizer = torch.optim.AdamW(groups, lr=3e-4)
            answer({"what": f"PyTorch {torch.__version__}, transformers {transformers.__version__}, 1 thread"})
        else:
            wall, cpu = time.perf_counter(), time.process_time()
            loss = step(model, optimizer, asked["batch"])
            answer({
                "wallMs": 1000 * (time.perf_counter() - wall),
                "cpuMs": 1000 * (time.process_time() - cpu),
                "loss": loss,
            })


main()
