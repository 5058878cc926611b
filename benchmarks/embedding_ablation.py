"""What the electron configurations are worth: held-out loss of formula models with four kinds of species vectors, over the size of the training data.

    CRYSVCD_DATA=FOLDER python benchmarks/embedding_ablation.py [--steps 300] [--seeds 2] [--mode chemist]

Every model is the shipped one but for the constant features c(s) in E[s] + W c(s), the vector with which a species is fed and read off:
  configuration  the twenty numbers of its electron configuration (the paper's)
  element+charge its element, one-hot, beside its charge, one-hot
  one-hot        itself, one-hot, and no E: a linear layer on a one-hot vector, with PyTorch's initial weights
  learned        nothing: E alone, random at the start
Writes benchmarks/results/embedding_ablation.json: nats a formula and a token on the validation part.
"""
import argparse, json, tempfile
from pathlib import Path
import numpy as np, torch
from torch import nn
from crysvcd.data import load_crystals, split_by_formula
from crysvcd.formula import FormulaConfig, FormulaModel, encode, formula_loss, labelled, validation
from crysvcd.training import GroupedBatches, TrainConfig, Trainer

PARTS = (1/32, 1/16, 1/8, 1/4, 1/2, 1)


def features(kind, species):
    "c(s) of every species, and zeros for START and END"
    one_hot = lambda xs: np.array([[x == y for y in sorted(set(xs))] for x in xs], float)
    c = {"element+charge": lambda: np.hstack([one_hot([s.element for s in species]), one_hot([s.charge for s in species])]),
         "one-hot": lambda: np.eye(len(species)), "learned": lambda: np.zeros((len(species), 1))}[kind]()
    return torch.tensor(np.vstack([c, np.zeros((2, c.shape[1]))]), dtype=torch.float32)


def make(kind, cfg, seed):
    torch.manual_seed(seed); model = FormulaModel(cfg); e = model.embed
    if kind != "configuration": e.configuration = features(kind, model.species); e.project = nn.Linear(e.configuration.shape[1], cfg.width, bias=False)
    if kind == "one-hot": e.token.weight.data[:-2] = 0; e.token.weight.register_hook(lambda g: torch.cat([torch.zeros_like(g[:-2]), g[-2:]]))
    return model


if __name__ == "__main__":
    p = argparse.ArgumentParser(); p.add_argument("--steps", type=int, default=300); p.add_argument("--seeds", type=int, default=2); p.add_argument("--mode", default="chemist"); a = p.parse_args()
    split = split_by_formula(load_crystals()); cfg = FormulaConfig(kind="ionic", mode=a.mode); species = FormulaModel(cfg).species
    train, held = (encode(labelled(split[k], "ionic", a.mode), species, cfg) for k in ("train", "val"))
    out = {"note": {"mode": a.mode, "steps": a.steps, "materials": len(train[0]), "held out": len(held[0])}, "rows": []}
    for seed in range(a.seeds):
        shuffled = np.random.default_rng(seed).permutation(len(train[0]))
        for part in PARTS:
            rows = [x[shuffled[:int(part * len(shuffled))]] for x in train]
            for kind in ("configuration", "element+charge", "one-hot", "learned"):
                order = GroupedBatches(np.zeros(len(rows[0])), 128, seed); steps = min(a.steps, 25 * order.per_epoch + 100)
                with tempfile.TemporaryDirectory() as folder:
                    model = Trainer(make(kind, cfg, seed), formula_loss, lambda step: [x[order(step)] for x in rows], TrainConfig(steps=steps, warmup=50, seed=seed, validate_every=steps), folder).run()
                out["rows"].append({"embedding": kind, "materials": len(rows[0]), "seed": seed, "steps": steps, **validation(model, held, 4)}); print(out["rows"][-1], flush=True)
                (Path(__file__).parent / "results/embedding_ablation.json").write_text(json.dumps(out, indent=1) + "\n")
