"""Trains the network: `pretrain`, then `finetune`.

Reads  models/settings.json, models/classifier/vocabulary.json, models/work/pretrain.bin, models/work/*.jsonl.
Writes models/work/pretrained.pt (resumable), models/work/classifier.pt.
Uses a GPU when there is one; on a CPU with bf16 matrix units it computes in bf16.
"""

import argparse
import json
import math
import os
import time

import numpy as np
import torch
import torch.nn.functional as F

from network import MASK, Pretrainer, encoder_of

WORK = "models/work"
SPECIAL = 7
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


def settings() -> dict:
    with open("models/settings.json", encoding="utf8") as file:
        return json.load(file)


def vocabulary_size() -> int:
    with open("models/classifier/vocabulary.json", encoding="utf8") as file:
        return len(json.load(file)) + SPECIAL


def rate_at(step: int, steps: int, peak: float, warmup: int) -> float:
    """Linear warm-up, then cosine to a twentieth of the peak."""
    if step < warmup:
        return peak * (step + 1) / warmup
    return peak * (0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * (step - warmup) / max(1, steps - warmup))))


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


def pretrain(args: argparse.Namespace) -> None:
    cfg = settings()
    plan = cfg["pretrain"]
    torch.manual_seed(cfg["seed"])
    stream = np.fromfile(f"{WORK}/pretrain.bin", dtype=np.uint16)
    size = vocabulary_size()
    model = Pretrainer(encoder_of(cfg | {"dropout": 0.0}, size)).to(DEVICE)
    steps = args.steps or plan["tokens"] // plan["batch_tokens"]
    decay = [p for p in model.parameters() if p.dim() > 1]
    rest = [p for p in model.parameters() if p.dim() <= 1]
    optimizer = torch.optim.AdamW(
        [{"params": decay, "weight_decay": 0.01}, {"params": rest, "weight_decay": 0.0}], betas=(0.9, 0.98)
    )
    first, path = 0, f"{WORK}/pretrained.pt"
    if os.path.exists(path) and not args.fresh:
        saved = torch.load(path, map_location=DEVICE)
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        first = saved["step"]
        print(f"resumed at step {first}", flush=True)
    run = torch.compile(model) if args.compile else model
    began, seen, losses = time.time(), 0, []
    for step in range(first, steps):
        draw = np.random.default_rng([cfg["seed"], step])
        # One step in eight reads long windows, so that far positions are trained too.
        length = 256 if step % 8 == 7 else plan["length"]
        rows = plan["batch_tokens"] // length
        starts = draw.integers(0, len(stream) - length, rows)
        ids = np.stack([stream[s : s + length] for s in starts]).astype(np.int64)
        shown, hidden = hide(ids, plan["masked"], size, draw)
        for group in optimizer.param_groups:
            group["lr"] = rate_at(step, steps, plan["rate"], plan["warmup"])
        where = torch.from_numpy(hidden).to(DEVICE)
        with torch.autocast(DEVICE, torch.bfloat16):
            logits = run(torch.from_numpy(shown).to(DEVICE), where)
        loss = F.cross_entropy(logits.float(), torch.from_numpy(ids).to(DEVICE)[where])
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        seen += ids.size
        losses.append(loss.item())
        if step % 20 == 19:
            speed = seen / (time.time() - began)
            left = (steps - step - 1) * plan["batch_tokens"] / speed / 60
            print(f"step {step + 1}/{steps} loss {np.mean(losses[-50:]):.3f} {speed:.0f} tokens/s {left:.0f} min left", flush=True)
        if step % 200 == 199 or step == steps - 1:
            torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "step": step + 1}, path + ".part")
            os.replace(path + ".part", path)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("pretrain")
    command.add_argument("--steps", type=int, help="instead of the settings' number of tokens")
    command.add_argument("--fresh", action="store_true", help="do not resume")
    command.add_argument("--compile", action="store_true", help="compile the network (needs a C++ compiler)")
    command.set_defaults(run=pretrain)
    args = parser.parse_args()
    args.run(args)
