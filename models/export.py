"""models/work/{judge,gate}.pt → models/classifier/{judge.onnx, gate.onnx, config.json}.

Weights are stored as bytes and computed in float. Calibration and thresholds are fitted on the development split's
logits, with the ordinary texts scored at the last epoch.
"""

import argparse
import hashlib
import json
import os

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from common import OUT, WORK, settings, vocabulary_size
from examples import read_examples
from gate import gate_of
from network import judge_of

# Unsure begins where a moderator would flag as likely as not; scores are calibrated.
UNSURE = 0.5
PRACTICES = [
    "debt_ad", "evasion_tutorial", "script_kit", "forged_proof", "proxy_complaint", "debt_bearer", "loan_broker",
    "credit_repair", "alliance_recruit",
]


def pack(values: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray]:
    """Bytes and the float scale along `axis` (broadcastable) with which bytes · scale ≈ values, to 1/254 of its largest."""
    most = np.abs(values).max(tuple(k for k in range(values.ndim) if k != axis), keepdims=True)
    scale = np.maximum(most, 1e-12).astype(np.float32) / 127
    return np.round(values / scale).astype(np.int8), scale


def shrink(path: str) -> None:
    """Stores every large weight as one byte, with a scale a row (of a table a scale a column), and computes in float:
    unlike dynamic quantisation, what is computed of one text does not hang on another. Matrices are unpacked when the
    session opens, tables where a row is read."""
    model = onnx.load(path)
    graph = model.graph
    nodes, tables = [], set()

    def unpack(name: str, packed: str, out: str) -> None:
        nodes.append(helper.make_node("Cast", [packed], [f"{out}_cast"], to=TensorProto.FLOAT))
        nodes.append(helper.make_node("Mul", [f"{out}_cast", f"{name}_scale"], [out]))

    for weight in [one for one in graph.initializer if one.data_type == TensorProto.FLOAT and len(one.dims) > 1 and np.prod(one.dims) >= 512]:
        name = weight.name
        table = all(node.op_type == "Gather" for node in graph.node if name in node.input)
        values, scale = pack(numpy_helper.to_array(weight), len(weight.dims) - 1 if table else 0)
        weight.CopyFrom(numpy_helper.from_array(values, f"{name}_byte"))
        graph.initializer.append(numpy_helper.from_array(scale, f"{name}_scale"))
        if table:
            tables.add(name)
        else:
            unpack(name, f"{name}_byte", name)
    for node in graph.node:
        nodes.append(node)
        if node.input and node.input[0] in tables:
            name, out = node.input[0], node.output[0]
            node.input[0], node.output[0] = f"{name}_byte", f"{out}_byte"
            unpack(name, f"{out}_byte", out)
    del graph.node[:]
    graph.node.extend(nodes)
    del graph.value_info[:]
    onnx.checker.check_model(model)
    onnx.save(model, path)


def calibrate(logits: np.ndarray, flags: np.ndarray) -> tuple[float, float]:
    """Platt scaling: scale and shift that make sigmoid(scale · logit + shift) the likeliest for `flags`."""
    x, y = torch.tensor(logits, dtype=torch.double), torch.tensor(flags, dtype=torch.double)
    weights = torch.tensor([1.0, 0.0], dtype=torch.double, requires_grad=True)
    optimizer = torch.optim.LBFGS([weights], max_iter=200, line_search_fn="strong_wolfe")

    def closure():
        optimizer.zero_grad()
        loss = torch.nn.functional.binary_cross_entropy_with_logits(weights[0] * x + weights[1], y)
        loss.backward()
        return loss

    optimizer.step(closure)
    return float(weights[0]), float(weights[1])


def threshold(scores: np.ndarray, flags: np.ndarray, ordinary: np.ndarray, precision: float, most: float) -> float:
    """Least score to flag: highest F1 among the thresholds of at least `precision` that flag at most `most` of the
    ordinary texts (the highest precision where none reaches it)."""
    best, at = (-1.0, -1.0), 0.5
    for limit in np.unique(np.round(scores, 3)):
        chosen = scores >= limit
        if not chosen.any() or limit < 0.5 or (ordinary >= limit).mean() > most:
            continue
        right = flags[chosen].mean()
        recall = (chosen & (flags > 0)).sum() / flags.sum()
        rank = (1.0, 2 * right * recall / (right + recall)) if right >= precision else (0.0, right)
        if rank > best:
            best, at = rank, float(limit)
    return at


def category_threshold(logits: np.ndarray, truth: np.ndarray) -> float:
    """Least chance of a further category: highest macro F1 over rows (N, 9), of which the likeliest always counts."""
    chances = 1 / (1 + np.exp(-logits))
    first = chances.argmax(1)[:, None] == np.arange(chances.shape[1])

    def macro(limit: float) -> float:
        said = first | (chances >= limit)
        return float((2 * (said & truth).sum(0) / np.maximum(1, said.sum(0) + truth.sum(0))).mean())

    return max(np.arange(0.2, 0.81, 0.05), key=macro)


def write(model: torch.nn.Module, name: str, outputs: dict[str, dict]) -> dict:
    """Writes models/classifier/NAME.onnx for one text, ids (1, T); returns what config.json says of the file."""
    path = f"{OUT}/{name}.onnx"
    torch.onnx.export(
        model.eval(), (torch.randint(7, 1000, (1, 40)),), path, input_names=["ids"], output_names=list(outputs),
        dynamic_axes={"ids": {1: "length"}} | outputs, opset_version=20, dynamo=False, do_constant_folding=False,
    )
    shrink(path)
    with open(path, "rb") as file:
        data = file.read()
    return {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def load(name: str) -> dict:
    return torch.load(f"{WORK}/{name}.pt", map_location="cpu", weights_only=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--version", required=True, help="version written into config.json, such as 2026.11.23")
    args = parser.parse_args()
    os.makedirs(OUT, exist_ok=True)
    judged, gated = load("judge"), load("gate")
    judge, gate = judge_of(settings(), vocabulary_size()), gate_of(gated["plan"])
    judge.load_state_dict(judged["model"])
    gate.load_state_dict(gated["model"])
    files = {"judge": write(judge, "judge", {"post": {}, "words": {1: "length"}}), "gate": write(gate, "gate", {"flag": {}})}
    flags, plan = judged["flags"], settings()["export"]
    scale, shift = calibrate(judged["dev"][:, 0], flags)
    stopped = gated["dev"] < gated["threshold"]
    gate_scale, gate_shift = calibrate(gated["dev"][stopped], flags[stopped])
    sigmoid = lambda logits: 1 / (1 + np.exp(-(scale * logits + shift)))
    flagged = threshold(sigmoid(judged["dev"][:, 0]), flags, sigmoid(judged["ordinary"]), plan["precision"], plan["ordinary"])
    # What the gate stops is never judged: its measure must begin below what is marked.
    if sigmoid(settings()["gate"]["floor"]) > UNSURE:
        raise SystemExit(f"gate.floor in the settings is a score of {sigmoid(settings()['gate']['floor']):.2f}, above {UNSURE}: lower it and train the gate again")
    positive = [row for row, flag in zip(read_examples("dev"), flags) if flag]
    category = category_threshold(judged["dev"][flags > 0, 1:-1], np.array([row["categories"] for row in positive]) > 0)
    config = {
        "version": args.version,
        "practices": PRACTICES,
        "calibration": {
            "gate": {"scale": round(gate_scale, 5), "shift": round(gate_shift, 5)},
            "judge": {"scale": round(scale, 5), "shift": round(shift, 5)},
        },
        "thresholds": {
            "gate": round(gated["threshold"], 3), "flagged": round(flagged, 3), "unsure": min(UNSURE, round(flagged, 3)),
            "category": round(float(category), 2),
        },
        "files": files,
    }
    with open(f"{OUT}/config.json", "w", encoding="utf8") as file:
        json.dump(config, file, ensure_ascii=False, indent=2)
        file.write("\n")
    print(json.dumps(config["calibration"] | config["thresholds"] | config["files"]))


if __name__ == "__main__":
    main()
