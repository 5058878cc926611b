"""What the shipped formula models write: share of usable sentences, how many differ, how many are new.

    CRYSVCD_DATA=FOLDER python benchmarks/formulas.py [--n 10000]

Writes benchmarks/results/formulas.json.
"""
import argparse, json, time
from pathlib import Path
from crysvcd.data import load_crystals, split_by_formula
from crysvcd.formula import FormulaSampler, load_formula

if __name__ == "__main__":
    p = argparse.ArgumentParser(); p.add_argument("--n", type=int, default=10_000); n = p.parse_args().n
    known = set(split_by_formula(load_crystals(elements=None))["train"].formula)
    out = {}
    for kind in ("ionic", "alloy"):
        sampler = FormulaSampler(load_formula(f"formula-{kind}"), seed=0); t0 = time.perf_counter()
        made = [f for _, f in zip(range(n), sampler)]; seconds = time.perf_counter() - t0
        assert all(f.assignment.charge == 0 for f in made)
        tried = sampler.accepted + sum(sampler.refused.values())
        formulas = [f.composition.reduced_formula for f in made]
        out[kind] = {"n": n, "accepted": sampler.accepted / tried, "accepted per second": round(n / seconds), "different": len({f.assignment for f in made}) / n,
                     "novel": sum(f not in known for f in formulas) / n, "refused": {k: v / tried for k, v in sorted(sampler.refused.items())}}
        print(kind, out[kind])
    (Path(__file__).parent / "results/formulas.json").write_text(json.dumps(out, indent=1) + "\n")
