"""Lattice thermal conductivity by a potential against density-functional theory, on the shared phononDB binaries: their own supercells and mesh, the crystal relaxed by the potential.

    CRYSVCD_DATA=FOLDER OMP_NUM_THREADS=1 python benchmarks/conductivity.py [--pot nequix-oam-1-pft] [--minutes 60] [--only NAME…] [--tiers cheap full "cheap, pure" "full, pure"] [--snapshots]

The cheapest first (few atoms, high symmetry, small supercells), until the minutes are used; what is there is not computed again, forces are kept in benchmarks/runs/conductivity. On a GPU, where there is one, but for the scattering (all numbers here: one core of a CPU). A row a
material and tier in benchmarks/results/conductivity.csv: κ at 300 K (W/m/K, mean of the diagonal; relaxation-time approximation), DFT's with its non-analytical term, evaluations, CPU seconds (cost is compared between the pure tiers: of the natural ones some found their forces kept from before, and most ran with phono3py's sums over supercells rearranged, the same to the last digit shown, several times as fast).
DFT's values (Póta et al., arXiv:2408.00755) are of natural mixtures of isotopes, with coherences, and so are the tiers:

full   the reference's supercells and mesh, all pairs
cheap  `SCREENING`: single displacements in 10 Å, third derivatives of atoms up to the third neighbours, fitted to snapshots, a mesh of 28 Å
pure   either of them for isotopically pure crystals, coherences left out

benchmarks/results/conductivity_published.csv has others' values for the same crystals, copied from Matbench Discovery (site/src/figs/kappa-103-analysis.jsonl of its repository, read in November 2026): DFT's without the non-analytical term, and κ and SRME (the same error phonon by phonon) of MatterSim v1 5M, MACE-MP-0 and Nequix MP PFT; nothing: imaginary modes, or not computed.
"""
import argparse, json, os, time, warnings
from pathlib import Path
import numpy as np
import pandas as pd
import torch
from ase import Atoms
from crysvcd.conductivity import SCREENING, conductivity
from crysvcd.data import CrysVCDError
from crysvcd.phonons import _conventional, standard_cell
from crysvcd.training import replacing

OUT, RUNS = Path(__file__).parent / "results/conductivity.csv", Path(__file__).parent / "runs/conductivity"
CHEAP, PURE = SCREENING, dict(isotopes=False, wigner=False)


def crystals():
    for m in json.loads((Path(os.environ["CRYSVCD_DATA"]) / "kappa_phonondb103_pbe.json").read_text()):
        a = Atoms(m["symbols"], cell=m["cell_A"], scaled_positions=m["scaled_positions"], pbc=True); c = _conventional(standard_cell(a))
        if round(abs(np.linalg.det(c))) * len(standard_cell(a)) != len(a): c = np.eye(3, dtype=int) # it is primitive already
        second, third = (np.array(m[k]) @ c for k in ("fc2_supercell", "fc3_supercell"))
        yield m | {"atoms": a, "label": f"{m['name']} {m['space_group']}", "supercells": (second, third)}


def cost(m): # grows with the number of displaced supercells and their size
    return len(standard_cell(m["atoms"])) ** 2 * (250 - m["space_group"]) * abs(np.linalg.det(m["supercells"][1])), m["label"]


def measured(crystal, pot, how, folder=RUNS) -> dict:
    try: r = conductivity(crystal, pot, folder=folder, **how)
    except CrysVCDError as e: return {"status": "failed", "reason": str(e)}
    return {"status": r.status, "reason": r.reason, "kappa": round(r.kappa, 3), "evaluations": r.evaluations, "seconds": round(r.seconds, 1), "lowest": round(r.min_frequency, 3)}


FEW = ("NaCl 225", "LiF 225", "PbTe 225", "SiC 216", "AlN 186", "ZnS 186") # rock salt, zinc blende, wurtzite


def snapshots(pot): # how few will do? → conductivity_snapshots.csv
    f = OUT.with_name("conductivity_snapshots.csv")
    for m in (m for m in crystals() if m["label"] in FEW):
        for reach in (CHEAP["cutoff"], None):
            for n in ("pairs", "auto", 5, 10, 20, 40) if reach else (10, 20, 40):
                t = pd.read_csv(f) if f.exists() else pd.DataFrame(columns=["material", "potential", "reach", "asked"])
                if ((t.material == m["label"]) & (t.potential == pot) & (t.reach == (reach or "all")) & (t.asked.astype(str) == str(n))).any(): continue
                row = {"material": m["label"], "potential": pot, "reach": reach or "all", "asked": n, "dft": m["kappa_dft_300K_W_per_mK"]} | measured(m["atoms"], pot, CHEAP | PURE | {"cutoff": reach, "snapshots": None if n == "pairs" else n}, None); print(row, flush=True)
                with replacing(f) as tmp: pd.concat([t, pd.DataFrame([row])], ignore_index=True).to_csv(tmp, index=False)


if __name__ == "__main__":
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter); p.add_argument("--pot", default="nequix-oam-1-pft"); p.add_argument("--minutes", type=float, default=60); p.add_argument("--only", nargs="*"); p.add_argument("--tiers", nargs="+", default=["cheap", "full"], choices=["cheap", "full", "cheap, pure", "full, pure"]); p.add_argument("--snapshots", action="store_true", help="instead: how few snapshots will do, for six of them"); a = p.parse_args()
    torch.set_num_threads(1); warnings.filterwarnings("ignore")
    if a.snapshots: snapshots(a.pot); raise SystemExit
    t0, some = time.monotonic(), [m for m in crystals() if not a.only or m["name"] in a.only]
    for m in sorted(some, key=cost):
        full = dict(supercells=m["supercells"], mesh=tuple(m["q_mesh"]))
        for tier, how in {"cheap": CHEAP, "full": full, "cheap, pure": CHEAP | PURE, "full, pure": full | PURE}.items():
            if tier not in a.tiers: continue
            t = pd.read_csv(OUT, keep_default_na=False, na_values=[""]) if OUT.exists() else pd.DataFrame(columns=["material", "tier", "potential"])
            if ((t.material == m["label"]) & (t.tier == tier) & (t.potential == a.pot)).any(): continue
            if time.monotonic() > t0 + 60 * a.minutes: raise SystemExit("the minutes are used; with more it goes on")
            row = {"material": m["label"], "mp_id": m["material_id"], "tier": tier, "potential": a.pot, "dft": m["kappa_dft_300K_W_per_mK"]} | measured(m["atoms"], a.pot, how); print(row, flush=True)
            with replacing(OUT) as tmp: pd.concat([t, pd.DataFrame([row])], ignore_index=True).to_csv(tmp, index=False)
