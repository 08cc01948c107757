"""Trains the weights of runs of characters that are added to the judge's flag (network.Grams).

Learned from the labels alone, without the judge: the two err on different posts, and together they err less than
either (a linear model beside a deep one: Cheng et al. 2016). Their share is the best on the development split.

Reads  models/settings.json, models/work/judge.pt and the examples in models/work. Writes both into models/work/judge.pt.
"""

import argparse

import numpy as np
import torch
import torch.nn.functional as F

from common import DEVICE, WORK, save, settings, vocabulary_size
from examples import average_precision, best_f1, collate, families_of, read_examples, score
from network import Classifier, Grams, encoder_of, judge_of


def highest(grams: Grams, rows: list[dict]) -> torch.Tensor:
    """Of each row, the highest logit over its windows (B,)."""
    batch = collate([row | {"evidence": None} for row in rows])
    logits = grams(batch["ids"].to(DEVICE), batch["mask"].to(DEVICE)).cpu()
    return torch.full((len(rows),), -1e9).scatter_reduce(0, batch["owner"], logits, "amax")


def train(plan: dict, draw: np.random.Generator) -> Grams:
    """Learns from each post as it was written and one of its copies, drawn anew each epoch, and from ordinary texts."""
    families, pool = families_of(read_examples("train")), read_examples("ordinary")
    public = read_examples("public-positive")
    grams = Grams(plan["slots"]).to(DEVICE)
    optimizer = torch.optim.Adagrad(grams.parameters(), lr=plan["rate"])
    for epoch in range(plan["epochs"]):
        rows = [row for family in families for unit in family.drawn(draw) for row in unit] + public
        rows += [pool[i] for i in draw.choice(len(pool), min(len(pool), plan["ordinary"]), replace=False)]
        # Of like length within a batch, so that little is padded.
        rows.sort(key=lambda row: max(len(ids) for ids in row["windows"]) + draw.random() * 8)
        groups = [rows[at : at + plan["batch_posts"]] for at in range(0, len(rows), plan["batch_posts"])]
        draw.shuffle(groups)
        losses = []
        for group in groups:
            loss = F.binary_cross_entropy_with_logits(highest(grams, group), torch.tensor([float(row["flag"]) for row in group]))
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        print(f"epoch {epoch + 1}/{plan['epochs']} loss {np.mean(losses):.4f}", flush=True)
    return grams


def main() -> None:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    cfg = settings()
    torch.manual_seed(cfg["seed"])
    draw = np.random.default_rng(cfg["seed"])
    path = f"{WORK}/judge.pt"
    saved = torch.load(path, map_location=DEVICE, weights_only=False)
    alone = Classifier(encoder_of(cfg, vocabulary_size()), 0.0).to(DEVICE)
    alone.load_state_dict({name: value for name, value in saved["model"].items() if not name.startswith("grams.")})
    grams = train(cfg["grams"], draw)
    dev = read_examples("dev")
    flags = np.array([row["flag"] for row in dev])
    deep = score(alone, dev)[:, 0]
    with torch.no_grad():
        wide = torch.cat([highest(grams, [row]) for row in dev]).numpy()
    for name, logits in (("encoder", deep), ("grams", wide)):
        print(f"{name}: dev AP {average_precision(logits, flags):.4f} best F1 {best_f1(logits, flags)[0]:.4f}")
    # At most 2: the writers of the development split are known to the runs, those of other posts are not.
    share = max(np.arange(0, 2.01, 0.1), key=lambda share: average_precision(deep + share * wide, flags))
    judge = judge_of(cfg, vocabulary_size()).to(DEVICE)
    judge.load_state_dict(alone.state_dict() | {"grams.weights": grams.weights.detach() * share, "grams.shift": grams.shift.detach() * share})
    logits = score(judge, dev)
    pool = read_examples("ordinary")
    ordinary = score(judge, [pool[i] for i in draw.choice(len(pool), min(len(pool), 20000), replace=False)])[:, 0]
    f1, _ = best_f1(logits[:, 0], flags)
    print(f"share {share:.1f}: dev AP {average_precision(logits[:, 0], flags):.4f} best F1 {f1:.4f} ordinary over 0: {(ordinary > 0).mean():.5f}", flush=True)
    save({"model": judge.state_dict(), "dev": logits, "flags": flags, "ordinary": ordinary}, path)


if __name__ == "__main__":
    main()
