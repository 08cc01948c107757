"""Fine-tunes the adapted encoder into the judge.

Reads  models/settings.json, models/work/adapted.pt, and the examples that models/prepare.ts wrote to models/work.
Writes models/work/judge.pt: weights, and the logits of the development split and of ordinary texts.
"""

import argparse
import time
from copy import deepcopy

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper

from common import DEVICE, MASK, SPECIAL, WORK, rate_at, save, settings, vocabulary_size
from examples import batches, best_f1, average_precision, collate, families_of, deciding, read_examples, score
from network import CATEGORIES, Classifier, encoder_of


def loss_of(batch: dict, posts: torch.Tensor, words: torch.Tensor, stances: torch.Tensor) -> torch.Tensor:
    flag, flagged = batch["flag"], batch["flag"] > 0
    loss = F.binary_cross_entropy_with_logits(posts[:, 0], flag * 0.98 + 0.01)
    if flagged.any():
        loss = loss + F.binary_cross_entropy_with_logits(posts[flagged, 1 : 1 + CATEGORIES], batch["categories"][flagged], reduction="sum") / flagged.sum()
        formed = batch["form"] >= 0
        loss = loss + 0.3 * F.binary_cross_entropy_with_logits(posts[formed, -1], batch["form"][formed].float())
    if (batch["stance"] >= 0).any():
        loss = loss + 0.3 * F.cross_entropy(stances, batch["stance"], ignore_index=-1)
    yes, no = batch["twins"]
    if len(yes):
        # Of two twins the offending one must score higher, by a margin.
        loss = loss + 0.5 * F.softplus(2 - (posts[yes, 0] - posts[no, 0])).mean()
    known = batch["evidence"] >= 0
    weight = 1 + 2 * batch["evidence"].clamp(min=0)
    token = F.binary_cross_entropy_with_logits(words, batch["evidence"].clamp(min=0), weight=weight * known, reduction="sum")
    return loss + 0.7 * token / known.sum().clamp(min=1)


def adapted(cfg: dict) -> Classifier:
    encoder = encoder_of(cfg, vocabulary_size())
    weights = torch.load(f"{WORK}/adapted.pt", map_location="cpu")["model"]
    encoder.load_state_dict({name[8:]: value for name, value in weights.items() if name.startswith("encoder.")})
    return Classifier(encoder, cfg["dropout"] * 2).to(DEVICE)


def resume(model: Classifier, path: str) -> None:
    """Weights of a checkpoint, or of a shipped judge.onnx, which lacks only the stances."""
    if path.endswith(".onnx"):
        graph = onnx.load(path).graph
        weights = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
        for name in [name.removesuffix("_byte") for name in weights if name.endswith("_byte")]:
            weights[name] = weights[f"{name}_byte"] * weights[f"{name}_scale"]
        # The exporter writes equal weights once, under the name of the first.
        for node in graph.node:
            if node.op_type == "Identity" and node.input[0] in weights:
                weights[node.output[0]] = weights[node.input[0]]
        state = model.state_dict()
        state.update({name: torch.tensor(weights[name], dtype=torch.float32) for name in state if name in weights})
        missing = [name for name in state if name not in weights and not name.startswith("stance.")]
        if missing:
            raise SystemExit(f"{path} lacks {', '.join(missing)}: was it exported with other settings?")
        model.load_state_dict(state)
    else:
        weights = torch.load(path, map_location=DEVICE, weights_only=False)["model"]
        model.load_state_dict({name: value for name, value in weights.items() if not name.startswith("grams.")})


def finetune(args: argparse.Namespace) -> None:
    cfg = settings()
    plan = cfg["finetune"]
    torch.manual_seed(cfg["seed"] + args.seed)
    draw = np.random.default_rng(cfg["seed"] + args.seed)
    dev, families = read_examples("dev"), families_of(read_examples("train"))
    public, pool = read_examples("public-positive"), read_examples("ordinary")
    model = adapted(cfg) if not args.resume else Classifier(encoder_of(cfg, vocabulary_size()), cfg["dropout"] * 2).to(DEVICE)
    if args.resume:
        resume(model, args.resume)
    average = deepcopy(model).requires_grad_(False)
    head = [p for name, p in model.named_parameters() if not name.startswith("encoder.")]
    optimizer = torch.optim.AdamW(
        [{"params": list(model.encoder.parameters()), "peak": plan["encoder_rate"]}, {"params": head, "peak": plan["rate"]}],
        weight_decay=plan["weight_decay"], fused=True,
    )
    epochs = args.epochs or plan["epochs"]
    flags = np.array([row["flag"] for row in dev])
    posts_read = sum(len(family) for family in families)
    ordinary_count = min(len(pool), int(posts_read * plan["ordinary_per_post"]))
    mined: list[dict] = []
    steps, step, began = 0, 0, time.time()
    for epoch in range(epochs):
        units = [unit for family in families for unit in family.drawn(draw)]
        units += [[pool[i]] for i in draw.choice(len(pool), ordinary_count, replace=False)]
        units += [[row] for row in public * 2 + mined]
        groups = batches(units, plan["batch_tokens"], draw)
        steps = max(steps, step + len(groups) * (epochs - epoch))
        losses = []
        for group in groups:
            for part in optimizer.param_groups:
                part["lr"] = args.rate * rate_at(step, steps, part["peak"], 200)
            batch = collate(group)
            blank = (torch.rand(batch["ids"].shape) < plan["blank"]) & (batch["ids"] >= SPECIAL)
            with torch.autocast(DEVICE, torch.bfloat16):
                gathered, words = model.gather(batch["ids"].masked_fill(blank, MASK).to(DEVICE), batch["mask"].to(DEVICE))
                posts, stances = model.heads(gathered)
            chosen = deciding(batch, posts.float())
            loss = loss_of(batch, posts.float()[chosen], words.float(), stances.float()[chosen])
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            step += 1
            losses.append(loss.item())
            with torch.no_grad():
                torch._foreach_lerp_(list(average.parameters()), list(model.parameters()), 1 - min(0.998, step / (step + 20)))
            if step % 50 == 0:
                left = (time.time() - began) / step * (steps - step) / 60
                print(f"step {step}/{steps} loss {np.mean(losses[-200:]):.3f} {left:.0f} min left", flush=True)
        logits = score(average, dev)
        f1, _ = best_f1(logits[:, 0], flags)
        looked = [pool[i] for i in draw.choice(len(pool), min(len(pool), args.mine), replace=False)]
        worst = score(average, looked)[:, 0]
        mined = [looked[i] for i in np.argsort(-worst)[: args.mine // 40]] + mined[: args.mine // 20]
        save({"model": average.state_dict(), "dev": logits, "flags": flags, "ordinary": worst}, args.out)
        print(
            f"epoch {epoch + 1}/{epochs} loss {np.mean(losses):.3f} dev AP {average_precision(logits[:, 0], flags):.4f} best F1 {f1:.4f} "
            f"ordinary over 0: {(worst > 0).mean():.5f}",
            flush=True,
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, help="instead of the settings'")
    parser.add_argument("--resume", help="start from this checkpoint, or this judge.onnx, when the corpus has grown")
    parser.add_argument("--rate", type=float, default=1, help="share of the settings' learning rates: less when training goes on from a checkpoint")
    parser.add_argument("--out", default=f"{WORK}/judge.pt")
    parser.add_argument("--seed", type=int, default=0, help="added to the settings' seed")
    parser.add_argument("--mine", type=int, default=20000, help="ordinary texts scored after each epoch to find the hardest")
    finetune(parser.parse_args())
