"""How large a supercell and which displacement does a phonon verdict need? Known crystals, stable and unstable, with nequix-oam-1-pft.

    python benchmarks/phonon_convergence.py [--potential nequix-oam-1-pft] [--only Si bcc-Ti …] [--lengths 8 10 12 15 20]

Writes benchmarks/results/phonons.json: for every crystal what the literature says, how it relaxed, and a row a setting (supercell's least length in Å, even multiples or not, displacement in Å);
what was measured before is kept, so it can be stopped at any time. Weights are looked for as in *potential*: `CRYSVCD_DATA`, the folder mlip beside it, the cache; or give a file as --potential.
"""
import argparse, json, warnings
from pathlib import Path
import numpy as np
import torch
from pymatgen.core import Lattice, Structure
from crysvcd.phonons import bands, dos, exact_points, frequencies, phonon_stability, q_path, standard_cell, supercell, tight_relax
from crysvcd.potential import potential, to_atoms

DRAWN = ("Si", "C diamond", "SrTiO3 cubic", "Ti bcc") # bands kept for the figures
MOST = 650 # atoms: about 10 GB
OUT = Path(__file__).parent / "results" / "phonons.json"
S, cubic, hexagonal, tetragonal = Structure.from_spacegroup, Lattice.cubic, Lattice.hexagonal, Lattice.tetragonal
CRYSTALS = { # name: (structure, stable?, what the literature says: DFT, harmonic, 0 K)
    "Si": (S("Fd-3m", cubic(5.43), ["Si"], [[0, 0, 0]]), True, "Giannozzi et al., Phys. Rev. B 43, 7231 (1991)"),
    "C diamond": (S("Fd-3m", cubic(3.57), ["C"], [[0, 0, 0]]), True, "Pavone et al., Phys. Rev. B 48, 3156 (1993)"),
    "NaCl": (S("Fm-3m", cubic(5.64), ["Na", "Cl"], [[0, 0, 0], [.5, .5, .5]]), True, "Petretto et al., Sci. Data 5, 180065 (2018)"),
    "MgO": (S("Fm-3m", cubic(4.21), ["Mg", "O"], [[0, 0, 0], [.5, .5, .5]]), True, "Petretto et al., Sci. Data 5, 180065 (2018)"),
    "GaN wurtzite": (S("P6_3mc", hexagonal(3.19, 5.19), ["Ga", "N"], [[1/3, 2/3, 0], [1/3, 2/3, .376]]), True, "Ruf et al., Phys. Rev. Lett. 86, 906 (2001)"),
    "ZnS zincblende": (S("F-43m", cubic(5.41), ["Zn", "S"], [[0, 0, 0], [.25, .25, .25]]), True, "Petretto et al., Sci. Data 5, 180065 (2018)"),
    "TiO2 rutile": (S("P4_2/mnm", tetragonal(4.59, 2.96), ["Ti", "O"], [[0, 0, 0], [.305, .305, 0]]), False, "stable in experiment and LDA; in PBE, whose forces the potential has learnt, the A2u mode at Γ is imaginary: Montanari & Harrison, Chem. Phys. Lett. 364, 528 (2002); Refson et al., arXiv:1301.5564"),
    "BaTiO3 cubic": (S("Pm-3m", cubic(4.0), ["Ba", "Ti", "O"], [[0, 0, 0], [.5, .5, .5], [.5, .5, 0]]), False, "ferroelectric mode at Γ, X and M: Ghosez et al., Phys. Rev. B 60, 836 (1999)"),
    "SrTiO3 cubic": (S("Pm-3m", cubic(3.905), ["Sr", "Ti", "O"], [[0, 0, 0], [.5, .5, .5], [.5, .5, 0]]), False, "octahedra turn at R, ferroelectric mode at Γ: LaSota et al., Ferroelectrics 194, 109 (1997)"),
    "ZrO2 cubic": (S("Fm-3m", cubic(5.09), ["Zr", "O"], [[0, 0, 0], [.25, .25, .25]]), False, "oxygen mode at X: Parlinski et al., Phys. Rev. Lett. 78, 4063 (1997)"),
    "Ti bcc": (S("Im-3m", cubic(3.25), ["Ti"], [[0, 0, 0]]), False, "N, towards hcp, and 2/3(111), towards ω: Persson et al., Phys. Rev. B 61, 11221 (2000)"),
    "Zr bcc": (S("Im-3m", cubic(3.57), ["Zr"], [[0, 0, 0]]), False, "N, towards hcp, and 2/3(111), towards ω: Grimvall et al., Rev. Mod. Phys. 84, 945 (2012)"),
    "Cu bcc": (S("Im-3m", cubic(2.89), ["Cu"], [[0, 0, 0]]), False, "shear C' < 0, the Bain path: Grimvall et al., Rev. Mod. Phys. 84, 945 (2012)"),
    "Ba fcc": (S("Fm-3m", cubic(6.36), ["Ba"], [[0, 0, 0]]), None, "no verdict found in the literature: not counted"),
}


def settings(lengths):
    short = [l for l in lengths if l <= 12]
    yield from ({"min_length": l, "even": e, "displacement": 0.01} for l in short for e in (True, False))
    yield from ({"min_length": 10, "even": True, "displacement": d} for d in (0.03, 0.1))
    yield from ({"min_length": l, "even": True, "displacement": 0.01} for l in lengths if l not in short)


def measure(crystal, pot, setting, known):
    cell = standard_cell(to_atoms(crystal)); matrix = supercell(cell, setting["min_length"], max_atoms=10**6, even=setting["even"]).tolist()
    same = next((r for r in known if (r["supercell"], r["displacement"]) == (matrix, setting["displacement"]) and "skipped" not in r), None)
    if same: return same | setting
    if (n := len(cell) * round(abs(np.linalg.det(matrix)))) > MOST: return setting | {"supercell": matrix, "atoms": n, "skipped": f"more than {MOST} atoms"}
    r = phonon_stability(crystal, pot, relax=False, **setting); ph, atoms = r.phonopy, to_atoms(r.structure); exact = exact_points(ph)
    here = {k: (round(float(frequencies(ph, v).min()), 4), bool((np.abs(exact - v - np.rint(exact - v)) < 1e-4).all(axis=1).any())) for k, v in q_path(atoms)[0].items()}
    row = setting | {k: getattr(r, k) for k in ("stable", "stable_matbench", "q_point", "q_name", "supercell", "atoms", "evaluations")} | {k: round(getattr(r, k), 4) for k in ("min_frequency", "min_exact", "min_mesh", "length", "seconds")} | {"points": here}
    return row


def drawn(crystal, pot):
    r = phonon_stability(crystal, pot, relax=False); b = bands(r, spacing=0.01)
    return {"bands": {"x": b.x.round(4).tolist(), "frequencies": b.frequencies.round(2).tolist(), "starts": b.starts, "ticks": [[round(x, 4), n] for x, n in b.ticks]}, "dos": [np.round(v, 3).tolist() for v in dos(r)]}


if __name__ == "__main__":
    p = argparse.ArgumentParser(); p.add_argument("--potential", default="nequix-oam-1-pft"); p.add_argument("--only", nargs="*"); p.add_argument("--lengths", nargs="*", type=float, default=[10, 8, 12, 15, 20]); a = p.parse_args()
    torch.set_num_threads(1); warnings.filterwarnings("ignore")
    pot = potential(a.potential); pot.calculator; torch.set_num_threads(1)
    done = json.loads(OUT.read_text()) if OUT.exists() else {"potential": pot.name, "version": pot.version, "crystals": {}}
    def save(): (tmp := OUT.with_suffix(".tmp")).write_text(json.dumps(done, ensure_ascii=False) + "\n"); tmp.replace(OUT)
    for setting in settings(a.lengths):
        for name, (crystal, stable, source) in CRYSTALS.items():
            if a.only and name not in a.only: continue
            c = done["crystals"].setdefault(name, {"rows": []}); c |= {"expected": stable, "source": source}
            if "structure" not in c:
                r = tight_relax(crystal, pot); c |= {"relaxed": r.status, "steps": r.steps, "relax_seconds": round(r.seconds, 2), "structure": r.structure.as_dict()}; save()
            c["rows"] = [row for row in c["rows"] if "skipped" not in row or row["atoms"] > MOST]
            if any(all(row[k] == v for k, v in setting.items()) for row in c["rows"]): continue
            c["rows"].append(row := measure(Structure.from_dict(c["structure"]), pot, setting, c["rows"])); save()
            print(name, {k: v for k, v in row.items() if k not in ("bands", "dos", "supercell")}, flush=True)
    for name in DRAWN:
        c = done["crystals"][name]
        if "bands" not in c: c |= drawn(Structure.from_dict(c["structure"]), pot); save()
