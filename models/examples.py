"""What models/prepare.ts wrote for the fine-tuning, in batches of tensors. Shapes: B posts, W windows, T characters."""

import json
from dataclasses import dataclass

import numpy as np
import torch

from common import DEVICE, PAD, WORK
from network import CATEGORIES, Classifier

MOST_POSTS = 128


def read_examples(name: str) -> list[dict]:
    """Rows of models/work/NAME.jsonl, ids and evidence as arrays."""
    rows = []
    with open(f"{WORK}/{name}.jsonl", encoding="utf8") as file:
        for line in file:
            row = json.loads(line)
            row["windows"] = [np.array(ids, np.uint16) for ids in row["windows"]]
            row["evidence"] = row["evidence"] and [np.array(words, np.uint8) for words in row["evidence"]]
            rows.append(row)
    return rows


@dataclass
class Family:
    """A post, or a post and its twin, each with its disguised copies behind it."""

    posts: list[list[dict]]

    def __len__(self) -> int:
        return len(self.posts)

    def drawn(self, draw: np.random.Generator) -> list[list[dict]]:
        """The posts as they were written, and one disguised copy of each; twins stay together."""
        return [[copies[0] for copies in self.posts], [copies[int(draw.integers(1, len(copies)))] for copies in self.posts]]


def families_of(rows: list[dict]) -> list[Family]:
    posts: dict[str, list[dict]] = {}
    for row in rows:
        posts.setdefault(row["id"], []).append(row)
    twins: dict[str, list[list[dict]]] = {}
    for name, copies in posts.items():
        twins.setdefault(copies[0]["pair"] or name, []).append(copies)
    return [Family(members) for members in twins.values()]


def longest(unit: list[dict]) -> int:
    return max(len(ids) for row in unit for ids in row["windows"])


def batches(units: list[list[dict]], tokens: int, draw: np.random.Generator | None) -> list[list[dict]]:
    """Units of like length together, so that little is padded; at most `tokens` padded ids a batch."""
    noise = (lambda: draw.random() * 8) if draw else (lambda: 0)
    out, now, count, widest = [], [], 0, 0
    for unit in sorted(units, key=lambda unit: longest(unit) + noise()):
        windows = sum(len(row["windows"]) for row in unit)
        width = max(widest, longest(unit))
        if now and ((count + windows) * width > tokens or len(now) + len(unit) > MOST_POSTS):
            out.append(now)
            now, count, width = [], 0, longest(unit)
        now, count, widest = now + unit, count + windows, width
    if now:
        out.append(now)
    if draw:
        draw.shuffle(out)
    return out


def collate(rows: list[dict]) -> dict:
    """Rows → ids, mask, evidence (W, T); owner (W,) = row of each window; labels of the B rows; twins = (yes, no) rows."""
    windows = [(index, ids, row["evidence"][k] if row["evidence"] else None) for index, row in enumerate(rows) for k, ids in enumerate(row["windows"])]
    width = max(len(ids) for _, ids, _ in windows)
    ids = torch.full((len(windows), width), PAD)
    evidence = torch.full((len(windows), width), -1.0)
    for at, (_, one, words) in enumerate(windows):
        ids[at, : len(one)] = torch.from_numpy(one.astype(np.int64))
        if words is not None:
            evidence[at, : len(one)] = torch.from_numpy(words.astype(np.float32))
    twins = [(a, b) for a in range(len(rows)) for b in (a - 1, a + 1) if 0 <= b < len(rows) and rows[a]["pair"] and rows[a]["pair"] == rows[b]["pair"] and rows[a]["flag"] > rows[b]["flag"]]
    return {
        "ids": ids,
        "mask": ids != PAD,
        "evidence": evidence,
        "owner": torch.tensor([index for index, _, _ in windows]),
        "flag": torch.tensor([float(row["flag"]) for row in rows]),
        "categories": torch.tensor([row["categories"] for row in rows], dtype=torch.float),
        "form": torch.tensor([row["form"] for row in rows]),
        "stance": torch.tensor([row["stance"] for row in rows]),
        "twins": (torch.tensor([a for a, _ in twins], dtype=torch.long), torch.tensor([b for _, b in twins], dtype=torch.long)),
    }


def deciding(batch: dict, logits: torch.Tensor) -> torch.Tensor:
    """Window logits (W, 11) → for each row (B,) the window that is most likely flagged."""
    rows, owner = len(batch["flag"]), batch["owner"]
    flags = logits[:, 0].detach().float().cpu()
    best = torch.full((rows,), -1e9).scatter_reduce(0, owner, flags, "amax")
    at = torch.arange(len(owner))
    return torch.zeros(rows, dtype=torch.long).scatter_reduce(0, owner, torch.where(flags >= best[owner], at, -1), "amax")


@torch.no_grad()
def score(model: Classifier, rows: list[dict]) -> np.ndarray:
    """Row logits (N, 11), in the order of `rows`."""
    model.eval()
    out = np.zeros((len(rows), 2 + CATEGORIES), np.float32)
    for group in batches([[row | {"at": at}] for at, row in enumerate(rows)], 16384, None):
        batch = collate(group)
        with torch.autocast(DEVICE, torch.bfloat16):
            logits, _ = model(batch["ids"].to(DEVICE), batch["mask"].to(DEVICE))
        logits = logits.float().cpu()
        for row, values in zip(group, logits[deciding(batch, logits)].numpy()):
            out[row["at"]] = values
    return out


def average_precision(logits: np.ndarray, flags: np.ndarray) -> float:
    hits = flags[np.argsort(-logits)]
    return float((np.cumsum(hits) / (np.arange(len(hits)) + 1) * hits).sum() / hits.sum())


def best_f1(logits: np.ndarray, flags: np.ndarray) -> tuple[float, float]:
    """Highest F1 over all thresholds, and its threshold."""
    order = np.argsort(-logits)
    hits = np.cumsum(flags[order])
    f1 = 2 * hits / (np.arange(len(order)) + 1 + flags.sum())
    at = int(f1.argmax())
    return float(f1[at]), float(logits[order[at]])
