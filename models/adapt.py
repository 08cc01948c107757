"""Pretrains the encoder further on the posts it will judge, before it sees a label (Gururangan et al. 2020).

Reads  models/settings.json, models/work/{pretrained.pt, pretrain.bin, train.jsonl}. Writes models/work/adapted.pt.
"""

import numpy as np
import torch

from common import DEVICE, WORK, Progress, rate_at, save, settings, vocabulary_size
from examples import read_examples
from network import Pretrainer, encoder_of
from pretrain import descend, masked_loss


def posts(draw: np.random.Generator) -> np.ndarray:
    """N uint16 ids: each training post twice as written and once in a disguised, padded or shortened copy, shuffled."""
    copies: dict[str, list[dict]] = {}
    for row in read_examples("train"):
        copies.setdefault(row["id"], []).append(row)
    windows = []
    for rows in copies.values():
        for row in (rows[0], rows[0], rows[int(draw.integers(1, len(rows)))]):
            windows += row["windows"]
    draw.shuffle(windows)
    return np.concatenate(windows)


def adapt() -> None:
    cfg = settings()
    plan = cfg["pretrain"] | cfg["adapt"]
    torch.manual_seed(cfg["seed"])
    stream, public = posts(np.random.default_rng(cfg["seed"])), np.fromfile(f"{WORK}/pretrain.bin", dtype=np.uint16)
    model = Pretrainer(encoder_of(cfg | {"dropout": 0.1}, vocabulary_size())).to(DEVICE)
    model.load_state_dict(torch.load(f"{WORK}/pretrained.pt", map_location=DEVICE)["model"])
    optimizer = torch.optim.AdamW(model.parameters(), betas=(0.9, 0.98), weight_decay=0.01, fused=True)
    progress, losses = Progress(0, plan["steps"]), []
    for step in range(plan["steps"]):
        # One step in four still reads public text, so that what was learned of it stays.
        read = public if step % 4 == 3 else stream
        loss = masked_loss(model, read, step, plan, np.random.default_rng([cfg["seed"] + 1, step]))
        descend(model, optimizer, loss, rate_at(step, plan["steps"], plan["rate"], plan["warmup"]))
        if read is stream:
            losses.append(loss.item())
        if step % 20 == 19:
            progress.show(step + 1, f"loss {np.mean(losses[-100:]):.4f}")
    save({"model": model.state_dict()}, f"{WORK}/adapted.pt")


if __name__ == "__main__":
    adapt()
