"""Training of the tiny models as PyTorch does it: loss curves, and AdamW fed with recorded gradients.

Writes beside itself:
  `<name>.curve.json`   50 batches of 4 sequences, the settings, and loss and norm of each step
  `adamw.safetensors`   of ten steps of l2-h32 some parameters: `start/…`, `gradient<step>/…`, and after the last update
                        `value/…`, `moment1/…`, `moment2/…`; settings, learning rates and clipped norms in its metadata
  `stages.safetensors`  the same gradients as two stages of five steps, each with a learning rate that rises and falls:
                        `kept/…` where one AdamW goes through both, `new/…` where the second stage has a new one; values
                        after the last update, without those of the word table

Run: python tests/golden/training/make.py   Made with torch 2.13.0, transformers 5.23.0, safetensors 0.8.0; one thread.
"""
import json
import sys
from pathlib import Path

import torch
import transformers
from safetensors.torch import load_file, save_file
from transformers import BertForTokenClassification

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "model"))
from make import CONFIGS, TAGS, config_of, padded  # noqa: E402

STEPS, BATCH, POOL = 50, 4, 40
SETTINGS = {"learningRate": 2e-3, "weightDecay": 0.3, "clipNorm": 2.0, "warmup": 0.1}
RECORDED = [
    "embeddings.word_embeddings.weight",
    "embeddings.LayerNorm.weight",
    "encoder.layer.0.attention.self.query.weight",
    "encoder.layer.0.attention.self.query.bias",
    "encoder.layer.1.output.LayerNorm.bias",
    "classifier.weight",
    "classifier.bias",
]
VERSIONS = {"torch": torch.__version__, "transformers": transformers.__version__}


def tiny(name):
    """The model of `../model/<name>`, read from the stored file so that both sides start from the same numbers."""
    model = BertForTokenClassification(config_of(name)).to(torch.float32)
    stored = load_file(HERE.parent / "model" / name / "model.safetensors")
    own = {}
    for n, p in stored.items():
        n = n.removeprefix("bert.").replace("gamma", "weight").replace("beta", "bias")
        own[n if n.startswith("classifier") else "bert." + n] = p.float()
    missing, _ = model.load_state_dict(own, strict=False)
    assert not missing, missing
    return model.train()


def pool():
    """Sequences of 3 to 30 pieces from a part of the vocabulary; a piece's number decides its tag, so there is something to learn."""
    random = torch.Generator().manual_seed(5)
    used = torch.randperm(195, generator=random)[:110] + 5
    out = []
    for _ in range(POOL):
        n = int(torch.randint(1, 29, (1,), generator=random))
        inner = used[torch.randint(0, len(used), (n,), generator=random)].tolist()
        skip = (torch.rand(n, generator=random) < 0.25).tolist()
        labels = [-100 if s and k > 0 else piece % len(TAGS) for k, (piece, s) in enumerate(zip(inner, skip))]
        out.append({"ids": [2] + inner + [3], "labels": [-100] + labels + [-100]})
    return out


def optimizer(model, s):
    without = ("bias", "LayerNorm.weight")
    named = list(model.named_parameters())
    groups = [
        {"params": [p for n, p in named if not n.endswith(without)], "weight_decay": s["weightDecay"]},
        {"params": [p for n, p in named if n.endswith(without)], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=s["learningRate"], betas=(0.9, 0.999), eps=1e-8)


def rate(step, s, steps=STEPS):
    """(s + 1) / w while it rises, then linearly down to 0 after the last step."""
    rise = max(1, int(s["warmup"] * steps))
    return min((step + 1) / rise, max(0.0, (steps - step) / max(1, steps - rise)))


def curve(name, data, batches):
    model = tiny(name)
    opt = optimizer(model, SETTINGS)
    schedule = torch.optim.lr_scheduler.LambdaLR(opt, lambda s: rate(s, SETTINGS))
    losses, norms, rates = [], [], []
    for batch in batches:
        ids, labels = [data[i]["ids"] for i in batch], [data[i]["labels"] for i in batch]
        out = model(
            input_ids=padded(ids, 0),
            attention_mask=padded([[1] * len(s) for s in ids], 0),
            labels=padded(labels, -100),
        )
        out.loss.backward()
        norms.append(torch.nn.utils.clip_grad_norm_(model.parameters(), SETTINGS["clipNorm"]).item())
        losses.append(out.loss.item())
        rates.append(schedule.get_last_lr()[0])
        opt.step()
        schedule.step()
        opt.zero_grad()
    golden = {"settings": SETTINGS, "pool": data, "batches": batches, "losses": losses, "norms": norms, "versions": VERSIONS}
    (HERE / f"{name}.curve.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")
    print(name, "loss", losses[0], losses[-1], "norms", min(norms), max(norms), "clipped", sum(n > SETTINGS["clipNorm"] for n in norms))


def adamw(data, batches):
    """Ten real steps; the clipping norm is that of the recorded parameters alone, so that the file holds all it needs."""
    model = tiny("l2-h32")
    of = {n.removeprefix("bert."): p for n, p in model.named_parameters()}
    recorded = {n: of[n] for n in RECORDED}
    out = {f"start/{n}": p.detach().clone() for n, p in recorded.items()}
    opt = optimizer(model, SETTINGS)
    rates, norms = [], []
    for step, batch in enumerate(batches[:10]):
        ids, labels = [data[i]["ids"] for i in batch], [data[i]["labels"] for i in batch]
        mask = padded([[1] * len(s) for s in ids], 0)
        model(input_ids=padded(ids, 0), attention_mask=mask, labels=padded(labels, -100)).loss.backward()
        for n, p in recorded.items():
            out[f"gradient{step}/{n}"] = p.grad.clone()
        norms.append(torch.nn.utils.clip_grad_norm_(list(recorded.values()), SETTINGS["clipNorm"]).item())
        for group in opt.param_groups:
            group["lr"] = SETTINGS["learningRate"] * rate(step, SETTINGS)
        rates.append(opt.param_groups[0]["lr"])
        opt.step()
        opt.zero_grad()
    for n, p in recorded.items():
        state = opt.state[p]
        out |= {f"value/{n}": p.detach(), f"moment1/{n}": state["exp_avg"], f"moment2/{n}": state["exp_avg_sq"]}
    facts = {"settings": SETTINGS, "rates": rates, "norms": norms, "versions": VERSIONS}
    save_file({k: t.contiguous() for k, t in out.items()}, HERE / "adamw.safetensors", {k: json.dumps(v) for k, v in facts.items()})
    (HERE / "adamw.safetensors").chmod(0o644)
    print("adamw norms", norms)


def stages():
    """Two stages of five updates with the gradients of `adamw.safetensors`; the second has half the learning rate."""
    stored = load_file(HERE / "adamw.safetensors")
    set_ = {**SETTINGS, "warmup": 0.4, "learningRateSecond": SETTINGS["learningRate"] / 2}
    out = {}
    for kind in ("kept", "new"):
        holder = torch.nn.ParameterDict({n.replace(".", "/"): torch.nn.Parameter(stored[f"start/{n}"].clone()) for n in RECORDED})
        named = [(n.replace("/", "."), p) for n, p in holder.items()]
        holder.named_parameters = lambda named=named: iter(named)
        opt = optimizer(holder, SETTINGS)
        for step in range(10):
            if step == 5 and kind == "new":
                opt = optimizer(holder, SETTINGS)
            for n, p in named:
                p.grad = stored[f"gradient{step}/{n}"].clone()
            torch.nn.utils.clip_grad_norm_([p for _, p in named], SETTINGS["clipNorm"])
            for group in opt.param_groups:
                group["lr"] = set_["learningRate" if step < 5 else "learningRateSecond"] * rate(step % 5, set_, 5)
            opt.step()
        out |= {f"{kind}/{n}": p.detach() for n, p in named if n != "embeddings.word_embeddings.weight"}
    facts = {"settings": set_, "versions": VERSIONS}
    save_file({k: t.contiguous() for k, t in out.items()}, HERE / "stages.safetensors", {k: json.dumps(v) for k, v in facts.items()})
    (HERE / "stages.safetensors").chmod(0o644)
    print("stages differ by", max(float((out[f"kept/{n}"] - out[f"new/{n}"]).abs().max()) for n in RECORDED[1:]))


if __name__ == "__main__":
    torch.manual_seed(0)
    torch.set_num_threads(1)
    data = pool()
    random = torch.Generator().manual_seed(6)
    batches = [torch.randint(0, POOL, (BATCH,), generator=random).tolist() for _ in range(STEPS)]
    for name in CONFIGS:
        curve(name, data, batches)
    adamw(data, batches)
    stages()
