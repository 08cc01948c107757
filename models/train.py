"""Trains the network: `pretrain`, then `finetune`.

Reads  models/settings.json, models/classifier/vocabulary.json, and what models/prepare.ts wrote to models/work.
Writes models/work/pretrained.pt (resumable), models/work/classifier.pt (weights, calibration, thresholds).
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

from network import CATEGORIES, MASK, PAD, Classifier, Pretrainer, encoder_of

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


def read_lines(name: str) -> list[dict]:
    """Examples of models/prepare.ts, ids and evidence as arrays."""
    rows = []
    with open(f"{WORK}/{name}.jsonl", encoding="utf8") as file:
        for line in file:
            row = json.loads(line)
            row["windows"] = [np.array(ids, np.uint16) for ids in row["windows"]]
            row["evidence"] = row["evidence"] and [np.array(words, np.uint8) for words in row["evidence"]]
            rows.append(row)
    return rows


def drawn(families: list[list[dict]], draw: np.random.Generator) -> list[dict]:
    """Each text as it was written, and one of its disguised copies."""
    return [row for family in families for row in (family[0], family[int(draw.integers(1, len(family)))])]


MOST_ROWS = 128


def batches(rows: list[dict], tokens: int, draw: np.random.Generator | None) -> list[list[dict]]:
    """Rows of like length together, so that little is padded; at most `tokens` padded ids a batch."""
    size = lambda row: max(map(len, row["windows"]))
    noise = (lambda: draw.random() * 8) if draw else (lambda: 0)
    ordered = sorted(rows, key=lambda row: size(row) + noise())
    out, now, widest = [], [], 0
    for row in ordered:
        count = sum(len(r["windows"]) for r in now) + len(row["windows"])
        widest = max(widest, size(row))
        if now and (count * widest > tokens or len(now) >= MOST_ROWS):
            out.append(now)
            now, widest = [], size(row)
        now.append(row)
    if now:
        out.append(now)
    if draw:
        draw.shuffle(out)
    return out


def collate(rows: list[dict]) -> dict[str, torch.Tensor]:
    """Rows → ids, mask, evidence (W, T), owner (W,) = row of each window, and labels of the B rows."""
    windows = [(index, ids, row["evidence"][k] if row["evidence"] else None) for index, row in enumerate(rows) for k, ids in enumerate(row["windows"])]
    width = max(len(ids) for _, ids, _ in windows)
    ids = torch.full((len(windows), width), PAD)
    evidence = torch.full((len(windows), width), -1.0)
    for at, (_, one, words) in enumerate(windows):
        ids[at, : len(one)] = torch.from_numpy(one.astype(np.int64))
        if words is not None:
            evidence[at, : len(one)] = torch.from_numpy(words.astype(np.float32))
    return {
        "ids": ids,
        "mask": ids != PAD,
        "evidence": evidence,
        "owner": torch.tensor([index for index, _, _ in windows]),
        "flag": torch.tensor([float(row["flag"]) for row in rows]),
        "categories": torch.tensor([row["categories"] for row in rows], dtype=torch.float),
        "form": torch.tensor([row["form"] for row in rows]),
    }


def post_logits(batch: dict, logits: torch.Tensor) -> torch.Tensor:
    """Window logits (W, 11) → row logits (B, 11): those of the window that is most likely flagged."""
    rows = len(batch["flag"])
    flags, owner = logits[:, 0].detach().float(), batch["owner"]
    best = torch.full((rows,), -1e9).scatter_reduce(0, owner, flags, "amax")
    at = torch.arange(len(owner))
    chosen = torch.zeros(rows, dtype=torch.long).scatter_reduce(0, owner, torch.where(flags >= best[owner], at, -1), "amax")
    return logits[chosen]


def loss_of(batch: dict, posts: torch.Tensor, words: torch.Tensor) -> torch.Tensor:
    flag, flagged = batch["flag"], batch["flag"] > 0
    soft = flag * 0.98 + 0.01
    loss = F.binary_cross_entropy_with_logits(posts[:, 0], soft)
    if flagged.any():
        loss = loss + 0.7 * F.binary_cross_entropy_with_logits(posts[flagged, 1 : 1 + CATEGORIES], batch["categories"][flagged]) * 2
        formed = batch["form"] >= 0
        loss = loss + 0.3 * F.binary_cross_entropy_with_logits(posts[formed, -1], batch["form"][formed].float())
    known = batch["evidence"] >= 0
    weight = 1 + 2 * batch["evidence"].clamp(min=0)
    token = F.binary_cross_entropy_with_logits(words, batch["evidence"].clamp(min=0), weight=weight * known, reduction="sum")
    return loss + 0.7 * token / known.sum().clamp(min=1)


@torch.no_grad()
def score(model: Classifier, rows: list[dict]) -> np.ndarray:
    """Row logits (N, 11), in the order of `rows`."""
    model.eval()
    out = np.zeros((len(rows), 2 + CATEGORIES), np.float32)
    for group in batches([row | {"at": at} for at, row in enumerate(rows)], 16384, None):
        batch = collate(group)
        with torch.autocast(DEVICE, torch.bfloat16):
            logits, _ = model(batch["ids"].to(DEVICE), batch["mask"].to(DEVICE))
        posts = post_logits(batch, logits.float().cpu()).numpy()
        for row, values in zip(group, posts):
            out[row["at"]] = values
    model.train()
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


def finetune(args: argparse.Namespace) -> None:
    cfg = settings()
    plan = cfg["finetune"]
    torch.manual_seed(cfg["seed"] + args.seed)
    draw = np.random.default_rng(cfg["seed"] + args.seed)
    dev = read_lines("dev")
    by_id: dict[str, list[dict]] = {}
    for row in read_lines("train"):
        by_id.setdefault(row["id"], []).append(row)
    families = list(by_id.values())
    public, pool = read_lines("public-positive"), read_lines("ordinary")
    encoder = encoder_of(cfg, vocabulary_size())
    path = f"{WORK}/pretrained.pt"
    saved = torch.load(path, map_location="cpu")["model"]
    encoder.load_state_dict({name[8:]: value for name, value in saved.items() if name.startswith("encoder.")})
    model = Classifier(encoder, cfg["dropout"] * 2).to(DEVICE)
    if args.resume:
        model.load_state_dict(torch.load(f"{WORK}/classifier.pt", map_location=DEVICE, weights_only=False)["model"])
    average = {name: value.detach().clone() for name, value in model.state_dict().items()}
    head = [p for name, p in model.named_parameters() if not name.startswith("encoder.")]
    optimizer = torch.optim.AdamW(
        [{"params": list(encoder.parameters()), "peak": plan["encoder_rate"]}, {"params": head, "peak": plan["rate"]}],
        weight_decay=plan["weight_decay"],
    )
    epochs = args.epochs or plan["epochs"]
    mined: list[dict] = []
    flags = np.array([row["flag"] for row in dev])
    ordinary_count = min(len(pool), int(len(families) * plan["ordinary_per_post"]))
    steps, step, began = 0, 0, time.time()
    for epoch in range(epochs):
        ordinary = [pool[i] for i in draw.choice(len(pool), ordinary_count, replace=False)]
        groups = batches(drawn(families, draw) + public * 2 + ordinary + mined, plan["batch_tokens"], draw)
        steps = max(steps, step + len(groups) * (epochs - epoch))
        losses = []
        for group in groups:
            for part in optimizer.param_groups:
                part["lr"] = rate_at(step, steps, part["peak"], 200)
            batch = collate(group)
            blank = (torch.rand(batch["ids"].shape) < plan["blank"]) & (batch["ids"] >= SPECIAL)
            with torch.autocast(DEVICE, torch.bfloat16):
                logits, words = model(batch["ids"].masked_fill(blank, MASK).to(DEVICE), batch["mask"].to(DEVICE))
            loss = loss_of(batch, post_logits(batch, logits.float()), words.float())
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            step += 1
            losses.append(loss.item())
            keep = min(0.998, step / (step + 20))
            with torch.no_grad():
                torch._foreach_lerp_(list(average.values()), list(model.state_dict().values()), 1 - keep)
        current = {name: value.clone() for name, value in model.state_dict().items()}
        model.load_state_dict(average)
        logits = score(model, dev)
        f1, _ = best_f1(logits[:, 0], flags)
        looked = [pool[i] for i in draw.choice(len(pool), min(len(pool), args.mine), replace=False)]
        worst = score(model, looked)[:, 0]
        hardest = np.argsort(-worst)[: args.mine // 40]
        mined = [looked[i] for i in hardest] + mined[: args.mine // 20]
        torch.save({"model": model.state_dict(), "dev": logits, "flags": flags, "ordinary": worst}, f"{WORK}/classifier.pt")
        model.load_state_dict(current)
        left = (time.time() - began) / (epoch + 1) * (epochs - epoch - 1) / 60
        print(
            f"epoch {epoch + 1}/{epochs} loss {np.mean(losses):.3f} dev AP {average_precision(logits[:, 0], flags):.4f} best F1 {f1:.4f} "
            f"ordinary over 0: {(worst > 0).mean():.5f} {left:.0f} min left",
            flush=True,
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("pretrain")
    command.add_argument("--steps", type=int, help="instead of the settings' number of tokens")
    command.add_argument("--fresh", action="store_true", help="do not resume")
    command.add_argument("--compile", action="store_true", help="compile the network (needs a C++ compiler)")
    command.set_defaults(run=pretrain)
    command = commands.add_parser("finetune")
    command.add_argument("--epochs", type=int, help="instead of the settings'")
    command.add_argument("--resume", action="store_true", help="go on from models/work/classifier.pt, when the corpus has grown")
    command.add_argument("--seed", type=int, default=0, help="added to the settings' seed")
    command.add_argument("--mine", type=int, default=20000, help="ordinary texts scored after each epoch to find the hardest")
    command.set_defaults(run=finetune)
    args = parser.parse_args()
    args.run(args)
