"""What the shipped formula models write and what they make of held-out formulas: share of usable sentences, how many differ, how many are new, and the
loss on the test part (labels of the model's own mode, eight fixed orders of the species).

    CRYSVCD_DATA=FOLDER python benchmarks/formulas.py [--n 10000] [--only NAME…]

Writes benchmarks/results/formulas.json.
"""
import argparse, json, time
from pathlib import Path
from crysvcd.data import load_crystals, split_by_formula
from crysvcd.formula import FormulaSampler, encode, labelled, load_formula, validation

NAMES = ("ionic", "alloy", "ionic-paper", "alloy-paper")


def sampling(model, n, known):
    "Shares of what the model writes"
    sampler = FormulaSampler(model, seed=0); t0 = time.perf_counter()
    made = [f for _, f in zip(range(n), sampler)]; seconds = time.perf_counter() - t0
    assert all(f.assignment.charge == 0 for f in made)
    tried, formulas = sampler.accepted + sum(sampler.refused.values()), [f.composition.reduced_formula for f in made]
    return {"n": n, "accepted": sampler.accepted / tried, "accepted per second": round(n / seconds), "different": len({f.assignment for f in made}) / n,
            "novel": sum(f not in known for f in formulas) / n, "refused": {k: v / tried for k, v in sorted(sampler.refused.items())}}


def held_out(model, crystals):
    "Loss on a part of the tables"
    rows = encode(labelled(crystals, model.cfg.kind, model.cfg.mode), model.species, model.cfg)
    return {"formulas": len(rows[0])} | validation(model, rows, 8)


if __name__ == "__main__":
    p = argparse.ArgumentParser(); p.add_argument("--n", type=int, default=10_000); p.add_argument("--only", nargs="*", default=NAMES); a = p.parse_args()
    known = set(split_by_formula(load_crystals(elements=None))["train"].formula); parts = split_by_formula(load_crystals())
    path = Path(__file__).parent / "results/formulas.json"; out = json.loads(path.read_text())
    for name in a.only:
        model = load_formula(f"formula-{name}")
        out[name] = sampling(model, a.n, known) | {"test": held_out(model, parts["test"]), "validation": held_out(model, parts["val"])}
        print(name, out[name], flush=True)
        path.write_text(json.dumps(out, indent=1) + "\n")
