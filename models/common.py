"""What every step of the training shares: settings, paths, the device, the learning rate."""

import hashlib
import json
import math
import os
import time

import torch

WORK = os.environ.get("WORK", "models/work")
OUT = os.environ.get("OUT", "models/classifier")
PAD, MASK = 0, 4
SPECIAL = 7
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


def settings() -> dict:
    with open(os.environ.get("SETTINGS", "models/settings.json"), encoding="utf8") as file:
        return json.load(file)


def vocabulary_size() -> int:
    with open(f"{OUT}/vocabulary.json", encoding="utf8") as file:
        return len(json.load(file)) + SPECIAL


def fingerprint() -> str:
    """Of the vocabulary and the encoder's sizes: a checkpoint made with others is of no use."""
    with open(f"{OUT}/vocabulary.json", "rb") as file:
        return hashlib.sha256(file.read() + json.dumps(settings()["encoder"], sort_keys=True).encode()).hexdigest()


def rate_at(step: int, steps: int, peak: float, warmup: int) -> float:
    """Linear warm-up, then cosine to a twentieth of the peak."""
    if step < warmup:
        return peak * (step + 1) / warmup
    return peak * (0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * (step - warmup) / max(1, steps - warmup))))


class Progress:
    """Prints the rate and the remaining time."""

    def __init__(self, first: int, steps: int):
        self.first, self.steps, self.began = first, steps, time.time()

    def show(self, step: int, what: str) -> None:
        """`step` counts from 1."""
        took = time.time() - self.began
        left = took / (step - self.first) * (self.steps - step) / 60
        print(f"step {step}/{self.steps} {what} {(step - self.first) / took:.2f} steps/s {left:.0f} min left", flush=True)


def save(state: dict, path: str) -> None:
    """Writes beside the file first, so that an interrupted run leaves the last checkpoint whole."""
    torch.save(state, path + ".part")
    os.replace(path + ".part", path)
