"""Pretrains the encoder on packed text: it names hidden characters (Devlin et al. 2018), in runs of one to three.

Reads  models/settings.json and models/work/pretrain.bin. Writes models/work/pretrained.pt, and resumes from it.
"""

import argparse
import os

import numpy as np
import torch
import torch.nn.functional as F

from common import DEVICE, MASK, SPECIAL, WORK, Progress, fingerprint, rate_at, save, settings, vocabulary_size
from network import Pretrainer, encoder_of


def hide(ids: np.ndarray, share: float, vocabulary: int, draw: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Masks runs of one to three characters: 80 % [MASK], 10 % another character, 10 % left."""
    hidden = np.zeros(ids.shape, bool)
    for length, part in ((1, 0.4), (2, 0.4), (3, 0.2)):
        starts = draw.random(ids.shape) < share * part / length
        for offset in range(length):
            hidden[:, offset:] |= starts[:, : ids.shape[1] - offset]
    hidden &= ids >= SPECIAL
    shown = ids.copy()
    dice = draw.random(ids.shape)
    shown[hidden & (dice < 0.8)] = MASK
    other = hidden & (dice >= 0.8) & (dice < 0.9)
    shown[other] = draw.integers(SPECIAL, vocabulary, int(other.sum()))
    return shown, hidden


def masked_loss(model: Pretrainer, stream: np.ndarray, step: int, plan: dict, draw: np.random.Generator) -> torch.Tensor:
    """Cross-entropy, in nats, over the hidden characters of one batch drawn from `stream` (N uint16 ids)."""
    # One step in eight reads long windows, so that far positions are trained too.
    length = 256 if step % 8 == 7 else plan["length"]
    starts = draw.integers(0, len(stream) - length, plan["batch_tokens"] // length)
    true = np.stack([stream[s : s + length] for s in starts]).astype(np.int64)
    shown, hidden = (torch.from_numpy(part).to(DEVICE) for part in hide(true, plan["masked"], vocabulary_size(), draw))
    with torch.autocast(DEVICE, torch.bfloat16):
        logits = model(shown, hidden)
    return F.cross_entropy(logits.float(), torch.from_numpy(true).to(DEVICE)[hidden])


def descend(model: Pretrainer, optimizer: torch.optim.Optimizer, loss: torch.Tensor, rate: float) -> None:
    for group in optimizer.param_groups:
        group["lr"] = rate
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()


def pretrain(steps: int | None) -> None:
    cfg = settings()
    plan = cfg["pretrain"]
    torch.manual_seed(cfg["seed"])
    stream = np.fromfile(f"{WORK}/pretrain.bin", dtype=np.uint16)
    model = Pretrainer(encoder_of(cfg | {"dropout": 0.0}, vocabulary_size())).to(DEVICE)
    steps = steps or plan["tokens"] // plan["batch_tokens"]
    groups = [
        {"params": [p for p in model.parameters() if p.dim() > 1], "weight_decay": 0.01},
        {"params": [p for p in model.parameters() if p.dim() <= 1], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, betas=(0.9, 0.98), fused=True)
    first, path = 0, f"{WORK}/pretrained.pt"
    if os.path.exists(path):
        saved = torch.load(path, map_location=DEVICE)
        if saved.get("fingerprint") != fingerprint():
            raise SystemExit(f"{path} was made with another vocabulary or encoder: delete it to begin anew")
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        first = saved["step"]
        print(f"resumed at step {first}", flush=True)
    progress, losses = Progress(first, steps), []
    for step in range(first, steps):
        draw = np.random.default_rng([cfg["seed"], step])
        loss = masked_loss(model, stream, step, plan, draw)
        losses.append(loss.item())
        descend(model, optimizer, loss, rate_at(step, steps, plan["rate"], plan["warmup"]))
        if step % 20 == 19:
            progress.show(step + 1, f"loss {np.mean(losses[-100:]):.4f}")
        if step % 200 == 199 or step == steps - 1:
            save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "step": step + 1, "fingerprint": fingerprint()}, path)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, help="instead of the settings' number of tokens")
    pretrain(parser.parse_args().steps)
