"""Relaxing generated crystals: optimisers, thresholds, one by one against batches, on one core.

    python benchmarks/relaxation.py [--n 64] [--only NAME…]
    python benchmarks/relaxation.py --agreement 32

The crystals are those of `crysvcd generate` (seed 5). Writes benchmarks/results/relaxation.json: a row a setting with the status of every crystal, its energy (eV/atom), steps and CPU seconds;
settings measured before are kept. Weights of nequix are looked for as in *potential*; where they are missing, its rows are left out.

`--agreement N`: of the N smallest of the 64, do batches (torch-sim's FIRE) and ASE's FIRE one by one end in the same place, from the same start, with CHGNet and the same thresholds and at most 1,000 steps? Where they do not, ASE's FIRE goes again, from
a start whose atoms are displaced by 0.001 Å: does it find its own end again? Every end is kept at once in benchmarks/runs/agreement.jsonl, and a run goes on where it stopped. Adds the key "agreement" to the results: a row a crystal with energies
(eV/atom), steps, status; the distance of the two ends (`StructureMatcher`'s rms of the atoms as a share of (V/N)^⅓, difference of the volumes), and how far the energy of one structure differs when it is evaluated alone
and in a batch.
"""
import argparse, json, warnings
from pathlib import Path
import numpy as np
import torch
from pymatgen.analysis.structure_matcher import StructureMatcher
from pymatgen.core import Structure
from crysvcd.generate import CrysVCD
from crysvcd.metrics import wilson
from crysvcd.potential import one_by_one, potential, to_atoms, usable
from crysvcd.relaxation import relax, relax_all

OUT = Path(__file__).parent / "results" / "relaxation.json"
ENDS = Path(__file__).parent / "runs" / "agreement.jsonl"
STEPS, NUDGE, SAME = 1000, 0.001, 1.0 # optimiser's steps, Å, meV/atom
CHGNET = {f"chgnet, {o}": dict(pot="chgnet", engine="one by one", optimizer=o) for o in ("FIRE", "BFGS", "LBFGS", "BFGSLineSearch", "GoodOldQuasiNewton")} | {
    "chgnet, BFGS, 0.05 eV/Å and 0.5 GPa": dict(pot="chgnet", engine="one by one", optimizer="BFGS", fmax=0.05, smax=0.5), "chgnet, batch": dict(pot="chgnet", engine="batch")}
NEQUIX = {"nequix-oam-1, BFGS": dict(pot="nequix-oam-1", engine="one by one"), "nequix-oam-1, BFGS, 0.05 eV/Å and 0.5 GPa": dict(pot="nequix-oam-1", engine="one by one", fmax=0.05, smax=0.5)}


def measure(crystals, settings):
    made = dict(relax_all(crystals, progress=False, **settings)); rows = [made[i] for i in range(len(crystals))]
    return {"n": len(rows), "converged": float(np.mean([r.status == "converged" for r in rows])), "cpu_seconds": float(np.mean([r.seconds for r in rows])), "steps": float(np.mean([r.steps for r in rows])),
            "status": [r.status for r in rows], "energy": [None if np.isnan(r.energy) else round(r.energy_per_atom, 5) for r in rows], "seconds": [round(r.seconds, 2) for r in rows], "all steps": [r.steps for r in rows]}


def nudged(s: Structure) -> Structure:
    "Every atom displaced by 0.001 Å, in a random direction"
    s = s.copy(); s.perturb(NUDGE, seed=0); return s


def read() -> dict: # (way, position) → the relaxed crystal
    return {(r["way"], r["i"]): r for r in map(json.loads, ENDS.read_text().splitlines())} if ENDS.exists() else {}


def go(way: str, crystals: dict, relaxations):
    "Keep each relaxed crystal as it comes; `relaxations(crystals)` yields (position, `Relaxation`)"
    left = [i for i in crystals if (way, i) not in read()]
    for k, r in relaxations([crystals[i] for i in left]):
        row = {"way": way, "i": left[k], "status": r.status, "steps": r.steps, "energy": r.energy_per_atom, "seconds": r.seconds, "structure": r.structure.as_dict()}
        with open(ENDS, "a") as f: f.write(json.dumps(row) + "\n")
        print(way, left[k], r, flush=True)


def ends(crystals) -> dict:
    "(way, position) → the relaxed crystal, from the file or computed"
    one, gap = (lambda cs: ((i, relax(c, "chgnet", optimizer="FIRE", steps=STEPS)) for i, c in enumerate(cs))), (lambda i: 1000 * abs(read()["batch", i]["energy"] - read()["one by one", i]["energy"]))
    go("one by one", dict(enumerate(crystals)), one)
    go("batch", dict(enumerate(crystals)), lambda cs: relax_all(cs, "chgnet", "batch", atoms_a_batch=128, steps=STEPS, progress=False))
    go("nudged", {i: nudged(c) for i, c in enumerate(crystals) if not gap(i) <= SAME}, one)
    return read()


def apart(a: Structure, b: Structure) -> dict:
    "How different two ends are"
    d = StructureMatcher().get_rms_dist(a, b)
    return {"same structure": d is not None, "rms": None if d is None else float(d[0]), "volume": b.volume / a.volume - 1}


def alone_and_together(structures: list) -> dict:
    "The same structures evaluated one by one and in one batch: largest differences, eV/atom and eV/Å"
    pot, atoms = potential("chgnet"), [to_atoms(s) for s in structures]
    one, many = [one_by_one(pot.calculator, a, True) for a in atoms], pot.evaluate(atoms)
    return {"structures": len(atoms), "energy": max(abs(p["energy"] - q["energy"]) / len(a) for p, q, a in zip(one, many, atoms)), "forces": max(float(np.abs(p["forces"] - q["forces"]).max()) for p, q in zip(one, many))}


def agreement(crystals) -> dict:
    found = ends(crystals); made = {k: Structure.from_dict(r["structure"]) for k, r in found.items()}
    row = lambda way, i: {way: {k: found[way, i][k] for k in ("status", "steps", "energy", "seconds")}} | ({f"to {way}": apart(made["one by one", i], made[way, i])} if way != "one by one" else {}) if (way, i) in found else {}
    rows = [{"formula": c.composition.formula, "atoms": len(c)} | row("one by one", i) | row("batch", i) | row("nudged", i) for i, c in enumerate(crystals)]
    near = lambda way, r: abs(r[way]["energy"] - r["one by one"]["energy"]) * 1000 <= SAME
    share = lambda some: {"hits": sum(near("batch", r) for r in some), "of": len(some), "share": sum(near("batch", r) for r in some) / len(some), "95%": wilson(sum(near("batch", r) for r in some), len(some))}
    return {"n": len(rows), "steps": STEPS, "nudge": NUDGE, "limit": SAME, "points": alone_and_together([*crystals, *(made[w, i] for w in ("one by one", "batch") for i in range(len(rows)))]), "all": share(rows),
            "both converged": share([r for r in rows if r["batch"]["status"] == r["one by one"]["status"] == "converged"]), "found again from the nudged start": sum(near("nudged", r) for r in rows if "nudged" in r), "rows": rows}


if __name__ == "__main__":
    p = argparse.ArgumentParser(); p.add_argument("--n", type=int, default=64); p.add_argument("--only", nargs="*"); p.add_argument("--agreement", type=int, default=0); a = p.parse_args()
    torch.set_num_threads(1); warnings.filterwarnings("ignore")
    crystals = [c.structure for c in CrysVCD.from_pretrained().generate(64, seed=5, progress=False)]
    crystals = sorted(crystals, key=len)[:a.agreement] if a.agreement else crystals[:a.n]
    done = json.loads(OUT.read_text()) if OUT.exists() else {"rows": {}}
    if a.agreement:
        ENDS.parent.mkdir(exist_ok=True); done["agreement"] = agreement(crystals); OUT.write_text(json.dumps(done) + "\n")
        print({k: v for k, v in done["agreement"].items() if k != "rows"}); raise SystemExit
    done |= {"formulas": [c.composition.formula for c in crystals], "atoms": [len(c) for c in crystals]}
    for name, settings in (CHGNET | (NEQUIX if not usable("nequix-oam-1") else {})).items():
        if (a.only and name not in a.only) or done["rows"].get(name, {}).get("n") == len(crystals): continue
        potential(settings["pot"]).calculator
        done["rows"][name] = measure(crystals, settings); print(name, {k: v for k, v in done["rows"][name].items() if not isinstance(v, list)}, flush=True)
        OUT.write_text(json.dumps(done) + "\n")
