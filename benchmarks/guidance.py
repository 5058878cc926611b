"""Asked density against obtained density: formula model and flow taught the density of crystals, asked for several values at several guidance weights.

    CRYSVCD_DATA=FOLDER python benchmarks/guidance.py [formula] [ask] [flow] [ask-flow] [--work FOLDER]

`formula` and `flow` fine-tune the shipped models (checkpoints in FOLDER, default /tmp/guidance; run again to go on), `ask` and `ask-flow` write benchmarks/results/guidance.json.
The density is that of the crystal: mass by volume, of the training part; what is obtained is the density of the generated crystal, not relaxed.
"""
import argparse, json, time
from pathlib import Path
import numpy as np
import torch
from pymatgen.core import Composition
from crysvcd.data import load_crystals, split_by_formula, VALID_ELEMENTS
from crysvcd.guidance import Property, ask, finetune_formula, finetune_structure, guided, load_conditional
from crysvcd.generate import CrysVCD
from crysvcd.structure import crystal_seeds, is_valid
from crysvcd.training import TrainConfig
from crysvcd.valence import label_table

OUT = Path(__file__).parent / "results/guidance.json"
ASKED, WEIGHTS = (2.0, 3.5, 5.0, 7.0, 9.0), (0.0, 1.0, 2.0, 4.0) # g/cm³


def densities(crystals): return np.array([crystals[i].density for i in range(len(crystals))])


def learn_formula(train, work):
    t = label_table(train); keep = np.flatnonzero(t.kind == "ionic"); d = densities(train)
    return finetune_formula(t.species.iloc[keep].tolist(), {"density": d[keep]}, Property("density"), work / "formula", cfg=TrainConfig(steps=1500, lr=5e-4, validate_every=250))


def learn_flow(train, work): return finetune_structure(train, {"density": densities(train)}, Property("density"), work / "flow", cfg=TrainConfig(steps=2500, lr=5e-4, validate_every=250))


def share_new(crystals, known): return float(np.mean([c.structure.composition.reduced_formula not in known for c in crystals]))


def cell(model, known, n, seed=1) -> dict:
    t0 = time.process_time(); made = model.generate(n, kind="ionic", seed=seed, progress=False)
    return {"density": [round(float(c.structure.density), 4) for c in made], "formulas": [c.structure.composition.reduced_formula for c in made], "unique": len({c.structure.composition.reduced_formula for c in made}) / n,
            "new formulas": share_new(made, known), "valid": float(np.mean([is_valid(c.structure) for c in made])), "elements": float(np.mean([len(c.structure.composition) for c in made])), "CPU s": (time.process_time() - t0) / n}


def asked(train, work, n) -> dict:
    known, out = set(map(str, train.formula)), {"n": n, "asked": ASKED, "weights": WEIGHTS, "base": cell(CrysVCD.from_pretrained(), set(map(str, train.formula)), n), "cells": []}
    formula = load_conditional(work / "formula")
    for w in WEIGHTS:
        for a in ASKED:
            out["cells"].append({"weight": w, "asked": a} | cell(ask({"density": a}, {"ionic": formula}, weight=w), known, n)); c = out["cells"][-1]
            print(w, a, np.round([np.median(c["density"]), c["unique"], c["new formulas"], c["valid"]], 3), flush=True)
        rows = [c for c in out["cells"] if c["weight"] == w]
        print("correlation", w, np.corrcoef(np.repeat([r["asked"] for r in rows], n), np.concatenate([r["density"] for r in rows]))[0, 1], flush=True)
    for p in formula.properties: out["learned from"] = {"mean": p.mean, "std": p.std}
    return out


def of_flow(test, work, n=60) -> dict:
    "Held-out compositions, each asked for its own density times a factor: the formula is given, only the crystal can obey"
    flow, rows = load_conditional(work / "flow"), np.random.default_rng(0).choice(np.flatnonzero(test.n_atoms <= 12), n, replace=False)
    cells, own = [test[int(i)].composition for i in rows], np.array([float(test[int(i)].density) for i in rows]); out = {"n": n, "own": own.tolist(), "cells": []}
    for w in (0.0, 2.0):
        for f in (0.85, 1.0, 1.15):
            made = [guided(flow, {"density": d * f}, w).sample([c], [s])[0] for c, d, s in zip(cells, own, crystal_seeds(0, n))]
            out["cells"].append({"weight": w, "factor": f, "density": [round(float(s.density), 4) for s in made], "valid": float(np.mean([is_valid(s) for s in made]))}); print(w, f, np.median(np.array(out["cells"][-1]["density"]) / own), flush=True)
    return out


if __name__ == "__main__":
    p = argparse.ArgumentParser(); p.add_argument("parts", nargs="*"); p.add_argument("--work", type=Path, default=Path("/tmp/guidance")); p.add_argument("--n", type=int, default=100); a = p.parse_args(); torch.set_num_threads(1)
    parts = split_by_formula(load_crystals(elements=VALID_ELEMENTS))
    if "formula" in a.parts: learn_formula(parts["train"], a.work)
    if "flow" in a.parts: learn_flow(parts["train"], a.work)
    out = json.loads(OUT.read_text()) if OUT.exists() else {}
    if "ask" in a.parts: out["formula model"] = asked(parts["train"], a.work, a.n)
    if "ask-flow" in a.parts: out["flow"] = of_flow(parts["test"], a.work)
    OUT.write_text(json.dumps(out) + "\n")
