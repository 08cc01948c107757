"""Trains the gate: a small network that lets the judge rest on texts in which nothing is offered.

Learns the judge's own scores (Hinton et al. 2015) on the corpus, its disguised copies and ordinary texts, with more
weight on what the judge marks, since a text that the gate stops is never judged.

Reads  models/settings.json, models/work/judge.pt and the examples in models/work. Writes models/work/gate.pt.
"""

import argparse

import numpy as np
import torch
import torch.nn.functional as F

from common import DEVICE, WORK, rate_at, save, settings, vocabulary_size
from examples import batches, collate, families_of, read_examples, score
from network import Classifier, Gate, judge_of


def gate_of(plan: dict) -> Gate:
    return Gate(vocabulary_size(), plan["embed"], plan["width"], plan["layers"])


def judged(rows: list[dict], model: Classifier) -> list[list[dict]]:
    """Rows with the judge's flag logit, as units for {@link batches}."""
    logits = score(model, rows)[:, 0]
    return [[row | {"logit": float(logit)}] for row, logit in zip(rows, logits)]


@torch.no_grad()
def gate_score(model: Gate, units: list[list[dict]]) -> np.ndarray:
    """Highest gate logit over the windows of each unit's row (N,)."""
    model.eval()
    out = np.zeros(len(units))
    for group in batches([[unit[0] | {"at": at}] for at, unit in enumerate(units)], 32768, None):
        batch = collate(group)
        logits = model(batch["ids"].to(DEVICE), batch["mask"].to(DEVICE)).float().cpu()
        most = torch.full((len(group),), -1e9).scatter_reduce(0, batch["owner"], logits, "amax")
        for row, value in zip(group, most.numpy()):
            out[row["at"]] = value
    return out


def passing(gate: np.ndarray, judge: np.ndarray, floor: float, share: float) -> float:
    """Highest threshold on the gate that lets pass `share` of the rows whose judge logit is at least `floor`; all where there is none."""
    marked = gate[judge >= floor] if (judge >= floor).any() else gate
    return float(np.quantile(marked, 1 - share, method="lower"))


def main(args: argparse.Namespace) -> None:
    cfg = settings()
    plan = cfg["gate"] | ({"embed": args.embed, "width": args.width, "layers": args.layers} if args.embed else {})
    torch.manual_seed(cfg["seed"])
    draw = np.random.default_rng(cfg["seed"])
    judge = judge_of(cfg, vocabulary_size()).to(DEVICE)
    judge.load_state_dict(torch.load(f"{WORK}/judge.pt", map_location=DEVICE, weights_only=False)["model"])
    pool = read_examples("ordinary")
    chosen = draw.choice(len(pool), min(len(pool), plan["ordinary"]), replace=False)
    # Two draws of each post: as it was written, and two of its copies.
    posts = [row for family in families_of(read_examples("train")) for unit in (*family.drawn(draw), family.drawn(draw)[1]) for row in unit]
    units = judged(posts + read_examples("public-positive") + [pool[i] for i in chosen], judge)
    dev = judged(read_examples("dev"), judge)
    rest = list(set(range(len(pool))) - set(chosen.tolist()))
    unseen = judged([pool[i] for i in draw.choice(rest, min(len(rest), 5000), replace=False)], judge)
    model = gate_of(plan).to(DEVICE)
    print(f"{sum(p.numel() for p in model.parameters())} parameters, {len(units)} texts", flush=True)
    optimizer = torch.optim.AdamW(model.parameters(), weight_decay=0.01, fused=True)
    steps, step = 0, 0
    floor = plan["floor"]
    for epoch in range(plan["epochs"]):
        groups = batches(units, plan["batch_tokens"], draw)
        steps = max(steps, len(groups) * plan["epochs"])
        model.train()
        losses = []
        for group in groups:
            for part in optimizer.param_groups:
                part["lr"] = rate_at(step, steps, plan["rate"], 100)
            batch = collate(group)
            target = torch.tensor([row["logit"] for row in group])
            logits = model(batch["ids"].to(DEVICE), batch["mask"].to(DEVICE)).cpu()
            most = torch.full((len(group),), -1e9).scatter_reduce(0, batch["owner"], logits, "amax")
            # What the judge marks, or nearly does, counts more.
            weight = 1 + (plan["marked"] - 1) * torch.sigmoid(2 * (target - floor))
            loss = (F.binary_cross_entropy_with_logits(most, torch.sigmoid(target), reduction="none") * weight).mean()
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            step += 1
            losses.append(loss.item())
        at_dev, at_unseen = gate_score(model, dev), gate_score(model, unseen)
        limit = passing(at_dev, np.array([unit[0]["logit"] for unit in dev]), floor, plan["pass"])
        print(f"epoch {epoch + 1}/{plan['epochs']} loss {np.mean(losses):.4f} threshold {limit:.3f} ordinary let pass {(at_unseen >= limit).mean():.4f}", flush=True)
    save({"model": model.state_dict(), "threshold": limit, "dev": at_dev, "plan": plan}, args.out)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", default=f"{WORK}/gate.pt")
    for name in ("embed", "width", "layers"):
        parser.add_argument(f"--{name}", type=int, help="instead of the settings', to compare designs")
    main(parser.parse_args())
