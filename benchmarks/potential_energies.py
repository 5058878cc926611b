"""Energies of the shared tables' crystals at their DFT structure, by a potential: what a hull of its own and the test of *hull* are made from.

    CRYSVCD_DATA=FOLDER python benchmarks/potential_energies.py POTENTIAL [--most 0.0] [--minutes 60]

Writes benchmarks/results/energies-POTENTIAL.csv.gz (id, formula, n_atoms, energy eV a cell; nothing of the tables but id and formula), the most stable crystals first,
and goes on where it stopped. `--most`: highest energy above hull (eV/atom) of the hull's crystals; the 300 materials of the test come first, whatever theirs is.
"""
import argparse, re, time
from pathlib import Path
import numpy as np
import pandas as pd
from crysvcd.data import load_crystals
from crysvcd.metrics import hash_order
from crysvcd.potential import potential

OUT = Path(__file__).parent / "results"


def wanted(crystals, most):
    "Positions: 300 materials of the test, chosen by the hash of their id; then the crystals that their hulls are made of; then the rest, the most stable first"
    e = crystals.props["e_above_hull"]; elements = [frozenset(re.findall("[A-Z][a-z]?", f)) for f in crystals.formula]
    test = sorted(range(len(crystals)), key=lambda i: hash_order(str(crystals.id[i])))[:300]; systems = {elements[i] for i in test}
    rest = [i for i in np.argsort(e, kind="stable") if e[i] <= most and i not in set(test)]
    return test + sorted(rest, key=lambda i: not any(elements[i] <= s for s in systems))


if __name__ == "__main__":
    p = argparse.ArgumentParser(); p.add_argument("potential"); p.add_argument("--most", type=float, default=0.0); p.add_argument("--minutes", type=float, default=600); a = p.parse_args()
    pot, out, t0 = potential(a.potential), OUT / f"energies-{a.potential}.csv.gz", time.time()
    crystals = load_crystals(max_atoms=None, max_e_above_hull=None, elements=None)
    done = pd.read_csv(out) if out.exists() else pd.DataFrame(columns=["id", "formula", "n_atoms", "energy"])
    todo = [i for i in wanted(crystals, a.most) if str(crystals.id[i]) not in set(done.id)]; print(len(done), "done,", len(todo), "to do", flush=True)
    for k in range(0, len(todo), 200):
        some = [i for i in todo[k:k + 200] if set(crystals[int(i)].atomic_numbers) <= pot.elements]
        rows = [(str(crystals.id[i]), crystals.formula[i], int(crystals.n_atoms[i])) for i in some]
        done = pd.concat([done, pd.DataFrame(rows, columns=["id", "formula", "n_atoms"]).assign(energy=np.round(pot.energies([crystals[int(i)] for i in some]), 5))])
        done.to_csv(out, index=False); print(len(done), round(time.time() - t0), "s", flush=True)
        if time.time() - t0 > 60 * a.minutes: break
