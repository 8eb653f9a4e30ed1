"""Tiny BERT token classifiers with random weights, and what PyTorch computes with them.

Writes beside itself, for each config: `<name>/` as a checkpoint folder (config.json, model.safetensors, vocab.txt) and
`<name>.golden.safetensors`: logits [N, L] and the gradient of every parameter for one batch, packed without padding, in
PyTorch's layout and under transformers' names without `bert.`; ids, labels, lengths and the loss are in its metadata.

Run: python tests/golden/model/make.py      Made with torch 2.13.0, transformers 5.23.0, safetensors 0.6 or later.
"""
import json
from pathlib import Path

import torch
import transformers
from safetensors.torch import save_file
from transformers import BertConfig, BertForTokenClassification

HERE = Path(__file__).parent
LABELS = ["LOC", "MISC", "ORG", "PER"]
TAGS = ["O"] + [prefix + label for label in LABELS for prefix in ("B-", "I-")]
VOCAB = 200
LENGTHS = [3, 7, 19, 33, 64, 70]
CONFIGS = {
    "l2-h32": dict(num_hidden_layers=2, hidden_size=32, num_attention_heads=2, intermediate_size=64),
    "l3-h60": dict(num_hidden_layers=3, hidden_size=60, num_attention_heads=4, intermediate_size=120),
}


def config_of(name):
    return BertConfig(
        vocab_size=VOCAB,
        max_position_embeddings=80,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        id2label=dict(enumerate(TAGS)),
        label2id={tag: i for i, tag in enumerate(TAGS)},
        **CONFIGS[name],
    )


def randomise(model, seed):
    """Wide weights: attention far from uniform, GELU away from its linear part, LayerNorm away from the identity."""
    random = torch.Generator().manual_seed(seed)
    for name, p in model.named_parameters():
        noise = torch.randn(p.shape, generator=random)
        if "LayerNorm.weight" in name:
            p.data = 1 + 0.3 * noise
        elif name.endswith("bias"):
            p.data = 0.2 * noise
        elif "embeddings" in name:
            p.data = 0.5 * noise
        else:
            p.data = noise * (1.5 / p.shape[1] ** 0.5)


def stored(name, model):
    """l2-h32 as transformers saves it, with a pooler and a pre-training head to be ignored; l3-h60 as an old converted
    checkpoint: half precision, no prefix, gamma and beta, position_ids. The model is rounded to what is stored."""
    random = torch.Generator().manual_seed(99)
    if name == "l2-h32":
        tensors = {n: p.detach().clone() for n, p in model.named_parameters()}
        tensors["bert.pooler.dense.weight"] = torch.randn(32, 32, generator=random)
        tensors["cls.predictions.bias"] = torch.randn(VOCAB, generator=random)
        return tensors
    tensors = {"embeddings.position_ids": torch.arange(80).unsqueeze(0)}
    for n, p in model.named_parameters():
        half = p.detach().half()
        p.data = half.float()
        n = n.removeprefix("bert.").replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta")
        tensors[n] = half
    return tensors


def packed(rows, lengths):
    return torch.cat([row[:n] for row, n in zip(rows, lengths)])


def padded(sequences, fill):
    longest = max(map(len, sequences))
    return torch.tensor([s + [fill] * (longest - len(s)) for s in sequences])


def sequences(lengths, random):
    """Piece ids between [CLS] and [SEP], and a tag or -100 for each."""
    ids, labels = [], []
    for n in lengths:
        inner = torch.randint(5, VOCAB, (n - 2,), generator=random).tolist()
        tags = torch.randint(0, len(TAGS), (n - 2,), generator=random).tolist()
        skip = (torch.rand(n - 2, generator=random) < 0.3).tolist()
        ids.append([2] + inner + [3])
        labels.append([-100] + [-100 if s and k > 0 else t for k, (t, s) in enumerate(zip(tags, skip))] + [-100])
    return ids, labels


def vocabulary():
    letters = "abcdefghijklmnopqrstuvwxyz"
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *("##" + c for c in letters)]
    pieces += [a + b for a in "aeiou" for b in letters]
    return (pieces + [f"[unused{i}]" for i in range(VOCAB)])[:VOCAB]


def main():
    torch.manual_seed(0)
    torch.set_num_threads(1)
    for name in CONFIGS:
        config = config_of(name)
        model = BertForTokenClassification(config).to(torch.float32).train()
        randomise(model, seed=len(name) + config.num_hidden_layers)
        folder = HERE / name
        folder.mkdir(exist_ok=True)
        (folder / "vocab.txt").write_text("\n".join(vocabulary()) + "\n")
        config.architectures = ["BertForTokenClassification"]
        config.save_pretrained(folder)
        save_file(stored(name, model), folder / "model.safetensors", {"format": "pt"})

        ids, labels = sequences(LENGTHS, torch.Generator().manual_seed(11))
        mask = padded([[1] * len(s) for s in ids], 0)
        out = model(input_ids=padded(ids, 0), attention_mask=mask, labels=padded(labels, -100))
        out.loss.backward()
        golden = {n.removeprefix("bert."): p.grad.contiguous() for n, p in model.named_parameters()}
        golden["logits"] = packed(out.logits.detach(), LENGTHS)
        facts = {
            "ids": ids,
            "labels": labels,
            "loss": out.loss.item(),
            "versions": {"torch": torch.__version__, "transformers": transformers.__version__},
        }
        save_file(golden, HERE / f"{name}.golden.safetensors", {k: json.dumps(v) for k, v in facts.items()})
        norm = torch.cat([p.grad.flatten() for p in model.parameters()]).norm()
        print(name, "loss", out.loss.item(), "norm", norm.item(), "largest logit", out.logits.abs().max().item())


if __name__ == "__main__":
    main()
