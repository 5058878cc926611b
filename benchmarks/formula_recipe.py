"""What each change to the paper's formula model is worth: held-out loss, one change after another, then small variations of the last.

    CRYSVCD_DATA=FOLDER python benchmarks/formula_recipe.py [--kind ionic] [--mode chemist] [--steps 1500] [--epochs 100] [--only NAME…]

Every run sees the same training formulas (but where it says so) and is judged on the same validation part in eight fixed orders of the species. The paper's own
recipe (Adam at 1e-3, three fixed orders, 100 epochs, no averaging) takes many more steps than the others. Adds to benchmarks/results/formula_recipe.json. There the
first three rows on paper labels ("paper" to "+ conditional counts") were measured by an earlier form of this script, which kept four digits and no number of rows.
"""
import argparse, json, tempfile, time
from pathlib import Path
import numpy as np, torch
from pymatgen.core import Composition
from crysvcd.data import load_crystals, split_by_formula
from crysvcd.formula import FormulaConfig, FormulaModel, encode, formula_loss, labelled, shuffle_species, validation
from crysvcd.valence import ValenceError, label
from crysvcd.training import GroupedBatches, TrainConfig, Trainer, step_generator

PLAIN = {"count_head": "independent", "ledger": False, "tied": False}
UNTIED = PLAIN | {"count_head": "conditional", "ledger": True}
RUNS = { # name: (network, training, more data?)
    "paper": None,
    "AdamW, cosine, new orders, averaged": (PLAIN, {}, False),
    "+ conditional counts": (PLAIN | {"count_head": "conditional"}, {}, False),
    "+ ledger": (UNTIED, {}, False),
    "+ tied": (UNTIED | {"tied": True}, {}, False),
    "+ formula units of larger cells": (UNTIED, {}, True),
    "ledger, no weight decay": (UNTIED, {"weight_decay": 0.0}, False),
    "ledger, weight decay 0.3": (UNTIED, {"weight_decay": 0.3}, False),
    "ledger, no dropout": (UNTIED | {"dropout": 0.0}, {}, False),
    "ledger, dropout 0.2": (UNTIED | {"dropout": 0.2}, {}, False),
    "ledger, not averaged": (UNTIED, {"ema": 0.0}, False),
    "ledger, three fixed orders": (UNTIED, {"orders": 3}, False),
    "ledger, learning rate 2e-3": (UNTIED, {"lr": 2e-3}, False),
}


def units_of_larger_cells(crystals, known, kind, mode):
    "Formula units of at most 20 atoms of materials that are no sentences yet"
    out = []
    for f in sorted(set(crystals.formula) - set(known.formula)):
        if Composition(f).num_atoms > 20: continue
        try: out.append(label(f, mode=mode))
        except ValenceError: continue
    return [a for a in out if a.kind == kind]


def paper_recipe(rows, held, cfg, batch=128, epochs=100, seed=0):
    "Adam, a constant learning rate, three fixed orders of each formula, the last epoch's weights; and the best epoch's loss"
    torch.manual_seed(seed); model = FormulaModel(FormulaConfig(**{**vars(cfg), **PLAIN}))
    rows = [torch.cat(x) for x in zip(*[shuffle_species(*rows, model.embed.end, step_generator(seed, i)) for i in range(3)])]
    opt, order, curve = torch.optim.Adam(model.parameters(), lr=1e-3), GroupedBatches(np.zeros(len(rows[0])), batch, seed), []
    for step in range(epochs * order.per_epoch):
        model.train(); loss, _ = formula_loss(model, [x[order(step)] for x in rows], None)
        opt.zero_grad(); loss.backward(); opt.step()
        if (step + 1) % (5 * order.per_epoch) == 0: model.eval(); curve.append({"step": step + 1, **validation(model, held, 8)})
    return model, {"last": curve[-1], "best": min(curve, key=lambda r: r["loss"])}


def our_recipe(rows, held, cfg, steps, batch=128, seed=0, **train):
    "`Trainer`'s: AdamW, cosine, averaged weights, a new order at every step (or a few fixed ones)"
    orders = train.pop("orders", None)
    if orders: rows = [torch.cat(x) for x in zip(*[shuffle_species(*rows, len(FormulaModel(cfg).species) + 1, step_generator(seed, i)) for i in range(orders)])]
    loss = formula_loss if not orders else lambda m, b, g: formula_loss(m, b, None)
    torch.manual_seed(seed); model = FormulaModel(cfg); order = GroupedBatches(np.zeros(len(rows[0])), batch, seed)
    with tempfile.TemporaryDirectory() as folder:
        model = Trainer(model, loss, lambda step: [x[order(step)] for x in rows], TrainConfig(steps=steps, seed=seed, validate_every=steps, **train), folder).run()
    return model, {"last": {"step": steps, **validation(model, held, 8)}}


if __name__ == "__main__":
    p = argparse.ArgumentParser(); p.add_argument("--kind", default="ionic"); p.add_argument("--mode", default="chemist"); p.add_argument("--steps", type=int, default=1500); p.add_argument("--epochs", type=int, default=100); p.add_argument("--only", nargs="*", default=list(RUNS)); a = p.parse_args()
    parts, more = split_by_formula(load_crystals()), split_by_formula(load_crystals(max_atoms=None, max_e_above_hull=0.08))["train"]
    base = FormulaConfig(kind=a.kind, mode=a.mode); species = FormulaModel(base).species
    rows, held, test = (encode(labelled(parts[k], a.kind, a.mode), species, base) for k in ("train", "val", "test"))
    units = encode(units_of_larger_cells(more, parts["train"], a.kind, a.mode), species, base)
    path = Path(__file__).parent / "results/formula_recipe.json"
    for name in a.only:
        net, train, extra = RUNS[name] or ({}, {}, False); t0 = time.perf_counter(); cfg = FormulaConfig(**vars(base) | net)
        data = [torch.cat(x) for x in zip(rows, units)] if extra else rows
        model, out = paper_recipe(data, held, cfg, epochs=a.epochs) if RUNS[name] is None else our_recipe(data, held, cfg, a.steps, **train)
        out |= {"test": validation(model, test, 8), "rows": len(data[0]), "parameters": sum(x.numel() for x in model.parameters()), "seconds": round(time.perf_counter() - t0)}
        results = json.loads(path.read_text()) if path.exists() else {}
        results.setdefault(f"{a.kind}, {a.mode} labels", {})[name] = out
        path.write_text(json.dumps(results, indent=1) + "\n"); print(name, out, flush=True)
