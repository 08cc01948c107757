"""Looks for tells in the corpus: what a model could learn instead of the stance.

Prints, for models/corpus/train.jsonl, the area under the ROC curve with which shape alone (length, line breaks,
punctuation, emoji, digits, script) predicts the label, and how well a writer is told from characters within one label.
Both by logistic regression, five folds, apart by writer for the label and by row for the writer.
"""

import json
import re
import unicodedata
from collections import Counter

import numpy as np
import torch

SIGNS = "，。！？、；：“”‘’（）()…—~～,.!?;:\"'#@【】《》+*/|"


def shape(text: str) -> list[float]:
    """Features that say nothing of what is said."""
    size = max(1, len(text))
    count = Counter(text)
    emoji = sum(unicodedata.category(char) == "So" for char in text)
    latin = sum(char.isascii() and char.isalpha() for char in text)
    lines = text.split("\n")
    return [
        np.log1p(size), np.log1p(len(lines)), size / len(lines) / 50, emoji / size * 10, latin / size, sum(char.isdigit() for char in text) / size * 10,
        float(text[-1] in "。！？.!?"), float(bool(re.search(r"(.)\1\1", text))), text.count(" ") / size * 10,
        *(count[sign] / size * 20 for sign in SIGNS), *(float(count[sign] > 0) for sign in SIGNS),
    ]


def fit(x: torch.Tensor, y: torch.Tensor, classes: int) -> torch.nn.Linear:
    model = torch.nn.Linear(x.shape[1], classes)
    optimizer = torch.optim.Adam(model.parameters(), 0.02, weight_decay=1e-4)
    for _ in range(300):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
    return model


def auc(scores: np.ndarray, labels: np.ndarray) -> float:
    order = scores.argsort().argsort() + 1
    positive = labels.sum()
    return float((order[labels == 1].sum() - positive * (positive + 1) / 2) / (positive * (len(labels) - positive)))


def main() -> None:
    torch.manual_seed(7)
    with open("models/corpus/train.jsonl", encoding="utf8") as file:
        rows = [json.loads(line) for line in file]
    flags = torch.tensor([row["flag"] for row in rows])
    names = sorted({row["id"].split("-")[0] for row in rows})
    writers = torch.tensor([names.index(row["id"].split("-")[0]) for row in rows])
    x = torch.tensor([shape(row["text"]) for row in rows], dtype=torch.float)
    x = (x - x.mean(0)) / (x.std(0) + 1e-6)
    scores = np.zeros(len(rows))
    for fold in range(5):
        held = writers % 5 == fold
        scores[held.numpy()] = fit(x[~held], flags[~held], 2)(x[held]).detach().softmax(-1)[:, 1].numpy()
    print(f"shape alone predicts the label: AUC {auc(scores, flags.numpy()):.3f} ({len(rows)} rows, {len(names)} writers, writers held out)")
    common = [char for char, _ in Counter("".join(row["text"] for row in rows)).most_common(1500)]
    place = {char: at for at, char in enumerate(common)}
    bag = torch.zeros(len(rows), len(common))
    for at, row in enumerate(rows):
        for char in set(row["text"]) & place.keys():
            bag[at, place[char]] = 1
    for flag in (0, 1):
        mine = flags == flag
        order = torch.arange(len(rows))[mine]
        test = order[::5]
        train = torch.tensor([at for at in order.tolist() if at not in set(test.tolist())])
        said = fit(bag[train], writers[train], len(names))(bag[test]).argmax(-1)
        usual = torch.bincount(writers[test]).max().item() / len(test)
        print(f"writer told from characters, label {flag}: {(said == writers[test]).float().mean():.3f} (most frequent writer {usual:.3f})")


if __name__ == "__main__":
    main()
