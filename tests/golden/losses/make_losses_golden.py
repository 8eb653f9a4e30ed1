"""Losses of a token classifier and their gradients as PyTorch computes them in float64.

Writes `losses.json` beside itself: logits [R][L], labels, weights, and for each form the loss (sum over labelled rows / their
number) and the gradient of the logits, row after row.

Label smoothing is `torch.nn.functional.cross_entropy(label_smoothing=)`. The generalised cross-entropy of Zhang & Sabuncu,
arXiv 1805.07836, is not in PyTorch: it is written down below, and PyTorch differentiates it.

Run: python tests/golden/losses/make_losses_golden.py   Made with torch 2.13.0.
"""
import json
from pathlib import Path

import torch
import torch.nn.functional as F

ROWS, TAGS = 29, 9


def generalised(z, y, q):
    p = torch.softmax(z, 1)[torch.arange(len(y)), y]
    return (1 - p**q) / q


def main():
    random = torch.Generator().manual_seed(11)
    z = (4 * torch.randn(ROWS, TAGS, generator=random, dtype=torch.float64)).float().double()
    labels = torch.randint(0, TAGS, (ROWS,), generator=random)
    labels[::4] = -100
    weights = torch.randint(1, 5, (ROWS,), generator=random).double() / 4
    own = torch.rand(ROWS, generator=random) < 0.5
    scored = labels >= 0
    n = int(scored.sum())
    cases = []

    def case(name, forms, each):
        x = z.clone().requires_grad_(True)
        loss = (each(x[scored], labels[scored]) * weights[scored]).sum() / n
        loss.backward()
        cases.append({"name": name, "forms": forms, "loss": loss.item(), "gradient": [float(f"{g:.9g}") for g in x.grad.flatten().tolist()]})

    plain = lambda x, y: F.cross_entropy(x, y, reduction="none")
    case("cross-entropy", [[0, 0]] * ROWS, plain)
    for e in (0.1, 0.4):
        case(f"smoothing {e}", [[e, 0]] * ROWS, lambda x, y, e=e: F.cross_entropy(x, y, reduction="none", label_smoothing=e))
    for q in (0.3, 0.7, 1):
        case(f"generalised, q = {q}", [[0, q]] * ROWS, lambda x, y, q=q: generalised(x, y, q))
    mixed = [[0.1, 0] if o else [0, 0.7] for o in own.tolist()]
    smooth = lambda x, y: F.cross_entropy(x, y, reduction="none", label_smoothing=0.1)
    case("rows of two kinds", mixed, lambda x, y: torch.where(own[scored], smooth(x, y), generalised(x, y, 0.7)))

    golden = {"logits": z.tolist(), "labels": labels.tolist(), "weights": weights.tolist(), "cases": cases, "torch": torch.__version__}
    (Path(__file__).parent / "losses.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
