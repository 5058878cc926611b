"""Relaxing generated crystals: optimisers, thresholds, one by one against batches, on one core.

    python benchmarks/relaxation.py [--n 64] [--only NAME…]

The crystals are those of `crysvcd generate` (seed 5). Writes benchmarks/results/relaxation.json: a row a setting with the status of every crystal, its energy (eV/atom), steps and CPU seconds;
settings measured before are kept. Weights of nequix are looked for as in *potential*; where they are missing, its rows are left out.
"""
import argparse, json, warnings
from pathlib import Path
import numpy as np
import torch
from crysvcd.generate import CrysVCD
from crysvcd.potential import potential, usable
from crysvcd.relaxation import relax_all

OUT = Path(__file__).parent / "results" / "relaxation.json"
CHGNET = {f"chgnet, {o}": dict(pot="chgnet", engine="one by one", optimizer=o) for o in ("FIRE", "BFGS", "LBFGS", "BFGSLineSearch", "GoodOldQuasiNewton")} | {
    "chgnet, BFGS, 0.05 eV/Å and 0.5 GPa": dict(pot="chgnet", engine="one by one", optimizer="BFGS", fmax=0.05, smax=0.5), "chgnet, batch": dict(pot="chgnet", engine="batch")}
NEQUIX = {"nequix-oam-1, BFGS": dict(pot="nequix-oam-1", engine="one by one"), "nequix-oam-1, BFGS, 0.05 eV/Å and 0.5 GPa": dict(pot="nequix-oam-1", engine="one by one", fmax=0.05, smax=0.5)}


def measure(crystals, settings):
    made = dict(relax_all(crystals, progress=False, **settings)); rows = [made[i] for i in range(len(crystals))]
    return {"n": len(rows), "converged": float(np.mean([r.status == "converged" for r in rows])), "cpu_seconds": float(np.mean([r.seconds for r in rows])), "steps": float(np.mean([r.steps for r in rows])),
            "status": [r.status for r in rows], "energy": [None if np.isnan(r.energy) else round(r.energy_per_atom, 5) for r in rows], "seconds": [round(r.seconds, 2) for r in rows], "all steps": [r.steps for r in rows]}


if __name__ == "__main__":
    p = argparse.ArgumentParser(); p.add_argument("--n", type=int, default=64); p.add_argument("--only", nargs="*"); a = p.parse_args()
    torch.set_num_threads(1); warnings.filterwarnings("ignore")
    crystals = [c.structure for c in CrysVCD.from_pretrained().generate(64, seed=5, progress=False)][:a.n]
    done = json.loads(OUT.read_text()) if OUT.exists() else {"rows": {}}
    done |= {"formulas": [c.composition.formula for c in crystals], "atoms": [len(c) for c in crystals]}
    for name, settings in (CHGNET | (NEQUIX if not usable("nequix-oam-1") else {})).items():
        if (a.only and name not in a.only) or done["rows"].get(name, {}).get("n") == len(crystals): continue
        potential(settings["pot"]).calculator
        done["rows"][name] = measure(crystals, settings); print(name, {k: v for k, v in done["rows"][name].items() if not isinstance(v, list)}, flush=True)
        OUT.write_text(json.dumps(done) + "\n")
