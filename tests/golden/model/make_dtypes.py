"""The same 4 × 3 values stored as F32, F16 and BF16, and what they are worth in float32 (torch 2.13.0, safetensors 0.8.0).

Run: python tests/golden/model/make_dtypes.py    Values: ordinary, subnormal, largest, infinite, negative zero.
"""
import json
from pathlib import Path

import torch
from safetensors.torch import save_file

HERE = Path(__file__).parent
values = torch.tensor(
    [[1.0, -2.5, 1 / 3], [6e-8, -5.9e-5, 65504.0], [float("inf"), float("-inf"), -0.0], [3.14159265, 1e-3, -1e4]]
)
stored = {"f32": values, "f16": values.half(), "bf16": values.bfloat16()}
bits = {name: t.float().view(torch.int32).flatten().tolist() for name, t in stored.items()}
save_file(stored, HERE / "dtypes.safetensors", {"bits": json.dumps(bits), "torch": torch.__version__})
(HERE / "dtypes.safetensors").chmod(0o644)
