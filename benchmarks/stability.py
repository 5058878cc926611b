"""Energy above hull by each potential against the tables' own value, on 300 materials at their DFT structure, with the Materials Project's hull and with the potential's own.

    CRYSVCD_DATA=FOLDER python benchmarks/stability.py

Takes the energies that `benchmarks/potential_energies.py` made (the 300 materials are its first, chosen by the hash of their id). The potential's own hull is built without the test's compositions, so that none judges itself.
Writes benchmarks/results/stability.json.
"""
import json
from pathlib import Path
import numpy as np
import pandas as pd
from crysvcd.data import load_crystals
from crysvcd.hull import Hull, potential_hull
from crysvcd.metrics import wilson
from crysvcd.potential import potential

FOLDER = Path(__file__).parent / "results"
LIMIT = 0.1 # eV/atom


def scores(truth, found) -> dict:
    "eV/atom, and shares of the verdict ≤ 0.1 eV/atom with their counts and 95% intervals"
    d = found - truth; ok = np.isfinite(d); yes, said = truth[ok] <= LIMIT, found[ok] <= LIMIT
    part = lambda hits, of: {"hits": int(hits.sum()), "of": int(of.sum()), "share": float(hits.sum() / max(of.sum(), 1)), "95%": wilson(int(hits.sum()), int(of.sum()))}
    return {"n": int(ok.sum()), "mae": float(np.abs(d[ok]).mean()), "median": float(np.median(np.abs(d[ok]))), "bias": float(d[ok].mean()), "rmse": float((d[ok]**2).mean() ** 0.5), "precision": part(yes & said, said), "recall": part(yes & said, yes), "base rate": float(yes.mean())}


def measure(name, crystals, rows, shipped) -> dict:
    pot, t = potential(name), pd.read_csv(FOLDER / f"energies-{name}.csv.gz", keep_default_na=False)
    test = t[t.id.isin(crystals.id[rows])]; where = {str(i): k for k, i in enumerate(crystals.id)}
    own = potential_hull(t[~t.formula.isin(set(test.formula))], pot, shipped)
    truth = np.array([crystals.props["e_above_hull"][where[i]] for i in test.id])
    found = {}
    for label, hull in (("the Materials Project's hull", shipped), ("its own hull", own)):
        found[label] = np.array([hull.judge(crystals[where[i]], e, pot).e_above_hull for i, e in zip(test.id, test.energy)])
    return {"crystals of its own": int(len(t)), "scores": {k: scores(truth, v) for k, v in found.items()}, "truth": truth.round(4).tolist()} | {k: v.round(4).tolist() for k, v in found.items()}


if __name__ == "__main__":
    from potential_energies import wanted
    crystals, shipped = load_crystals(max_atoms=None, max_e_above_hull=None, elements=None), Hull()
    rows = wanted(crystals, -1.0)[:300]
    out = {"limit": LIMIT, "potentials": {}}
    for name in ("nequix-oam-1", "chgnet"):
        out["potentials"][name] = measure(name, crystals, rows, shipped)
        print(name, {k: {a: round(b, 4) if isinstance(b, float) else b for a, b in v.items()} for k, v in out["potentials"][name]["scores"].items()}, flush=True)
        (FOLDER / "stability.json").write_text(json.dumps(out) + "\n")
