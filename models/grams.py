"""Trains the weights of characters and pairs of characters that are added to the judge's logits (network.Grams).

Learned from the labels alone, without the judge: the two err on different posts, and together they err less than
either (a linear model beside a deep one: Cheng et al. 2016).

Reads  models/settings.json, models/work/judge.pt and the examples in models/work. Writes both into models/work/judge.pt.
"""

import argparse

import numpy as np
import torch
import torch.nn.functional as F

from common import DEVICE, WORK, save, settings, vocabulary_size
from examples import average_precision, best_f1, collate, deciding, families_of, read_examples, score
from network import CATEGORIES, Classifier, Grams, encoder_of, judge_of


def read(grams: Grams, rows: list[dict]) -> tuple[dict, torch.Tensor]:
    """The rows as a batch, and the logits (B, 11) of the window that decides about each."""
    batch = collate([row | {"evidence": None} for row in rows])
    logits = grams(batch["ids"].to(DEVICE), batch["mask"].to(DEVICE)).cpu()
    return batch, logits[deciding(batch, logits)]


def loss_of(batch: dict, logits: torch.Tensor) -> torch.Tensor:
    """Of the flag over all rows; of the categories and the form over the flagged ones."""
    flagged = batch["flag"] > 0
    truth = torch.cat([batch["categories"], batch["form"].unsqueeze(1).float()], 1)[flagged]
    loss = F.binary_cross_entropy_with_logits(logits[:, 0], batch["flag"])
    naming = F.binary_cross_entropy_with_logits(logits[flagged, 1:], truth, reduction="none")
    # The form of some is not known.
    return loss + (naming * (truth >= 0)).sum() / max(1, int(flagged.sum()))


def train(plan: dict, families: list, public: list[dict], pool: list[dict], draw: np.random.Generator) -> Grams:
    """Learns from each post as it was written and one of its copies, drawn anew each epoch, and from ordinary texts."""
    grams = Grams(plan["slots"], vocabulary_size()).to(DEVICE)
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
            loss = loss_of(*read(grams, group))
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
    alone = {name: value for name, value in torch.load(path, map_location=DEVICE, weights_only=False)["model"].items() if not name.startswith("grams.")}
    encoder = Classifier(encoder_of(cfg, vocabulary_size()), 0.0).to(DEVICE)
    encoder.load_state_dict(alone)
    dev, pool = read_examples("dev"), read_examples("ordinary")
    grams = train(cfg["grams"], families_of(read_examples("train")), read_examples("public-positive"), pool, draw)
    share = cfg["grams"]["share"]
    judge = judge_of(cfg, vocabulary_size()).to(DEVICE)
    judge.load_state_dict(alone | {"grams.weights": grams.weights.detach() * share, "grams.shift": grams.shift.detach() * share})
    flags = np.array([row["flag"] for row in dev])
    logits = score(judge, dev)
    with torch.no_grad():
        wide = torch.cat([read(grams, [row])[1] for row in dev]).numpy()
    for name, said in (("encoder", score(encoder, dev)), ("grams", wide), ("both", logits)):
        print(f"{name}: dev AP {average_precision(said[:, 0], flags):.4f} best F1 {best_f1(said[:, 0], flags)[0]:.4f}")
    ordinary = score(judge, [pool[i] for i in draw.choice(len(pool), min(len(pool), 20000), replace=False)])[:, 0]
    print(f"ordinary over 0: {(ordinary > 0).mean():.5f}", flush=True)
    save({"model": judge.state_dict(), "dev": logits, "flags": flags, "ordinary": ordinary}, path)


if __name__ == "__main__":
    main()
