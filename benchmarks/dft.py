"""Density-functional theory by ABINIT, for real: lattice constants, gaps and dielectric tensors of known crystals, and how they depend on cutoff and mesh.

    OMP_NUM_THREADS=1 python benchmarks/dft.py crystals|finds|convergence … [--minutes 60]      # apt-get install abinit gpaw-data

crystals     MgO, Si, GeC as zinc blende and 2H, four crystals of the DFPT table, each relaxed, with its dielectric tensor, and CIFs named with --cif → results/dft.json
finds        what the campaign for permittivity found (results/dielectric_found.json), as far as it is small: `FINDS` has their cutoff and mesh → results/dft.json
convergence  MgO and Si, held, one setting at a time → results/dft_convergence.csv

Killed, the same command goes on (runs are kept in runs/dft).
"""
import argparse, json, time
from pathlib import Path
import pandas as pd
from ase.build import bulk
from pymatgen.core import Structure
from crysvcd.dft import CUTOFF, MESH, dft
from crysvcd.dielectric import mean_of
from crysvcd.structure import as_structure
from crysvcd.training import replacing

OUT, RUNS = Path(__file__).parent / "results", Path(__file__).parent / "runs/dft"
KNOWN = {"MgO": bulk("MgO", "rocksalt", a=4.3), "Si": bulk("Si", a=5.4), "GeC": bulk("GeC", "zincblende", a=4.6),
         "SiC": bulk("SiC", "zincblende", a=4.36), "BeO": bulk("BeO", "zincblende", a=3.8), "BP": bulk("BP", "zincblende", a=4.54), "MgS": bulk("MgS", "rocksalt", a=5.2), # these four are in the table of Petousis et al.
         "GeC 2H": bulk("GeC", "wurtzite", a=3.25, c=5.3)}
FINDS = {"LiYTe2": dict(cutoff=450.0, mesh=15.0)} # eight atoms, none of them oxygen, whose waves need 600 eV
TRIES = {"MgO": [{"cutoff": c} for c in (400.0, 800.0)] + [{"mesh": m} for m in (15.0, 20.0)], "Si": [{"cutoff": c} for c in (400.0, 800.0)] + [{"mesh": m} for m in (15.0, 20.0, 30.0)]}


def told(r) -> dict: # what JSON can say
    tensors = {k: None if (v := getattr(r, k)) is None else v.round(4).tolist() for k in ("eps_electronic", "eps_ionic", "eps_total", "born", "frequencies")}
    lattice = {} if r.structure is None else {"cif": r.structure.to(fmt="cif", symprec=0.01), "spacegroup": r.space_group, "volume": r.structure.volume, "n_atoms": len(r.structure)}
    return {k: getattr(r, k) for k in ("formula", "status", "reason", "code", "functional", "settings", "energy", "gap", "max_force", "max_stress", "seconds")} | lattice | tensors


def write(f, what):
    with replacing(f) as tmp: tmp.write_text(json.dumps(what, indent=1) + "\n")


def crystals(end, some: dict, how={}): # name → crystal; name → its settings
    f = OUT / "dft.json"; out = json.loads(f.read_text()) if f.exists() else {}
    for name, crystal in some.items():
        if name in out: continue
        if time.monotonic() > end: raise SystemExit("the minutes are used; with more it goes on")
        r = dft(crystal, RUNS / name.replace(" ", "_"), **how.get(name, {})); print(r, flush=True)
        if r.status != "failed": out[name] = told(r); write(f, out)


def found() -> dict:
    return {r["formula"]: as_structure(Structure.from_str(r["cif"], fmt="cif")) for r in json.loads((OUT / "dielectric_found.json").read_text()) if r["formula"] in FINDS}


def convergence(end):
    f = OUT / "dft_convergence.csv"; rows = pd.read_csv(f).to_dict("records") if f.exists() else []
    for name, tries in TRIES.items():
        for k in [{}, *tries]:
            how = {"cutoff": CUTOFF, "mesh": MESH} | k
            if any((x["crystal"], x["cutoff"], x["mesh"]) == (name, how["cutoff"], how["mesh"]) for x in rows): continue
            if time.monotonic() > end: raise SystemExit("the minutes are used; with more it goes on")
            r = dft({"MgO": bulk("MgO", "rocksalt", a=4.25), "Si": bulk("Si", a=5.47)}[name], RUNS / f"{name}_{how['cutoff']:g}_{how['mesh']:g}", relax=False, **how); print(how, r, flush=True)
            if r.eps_total is None: continue
            rows.append({"crystal": name} | how | {"energy": r.energy, "gap": r.gap, "stress": r.max_stress, "eps_electronic": mean_of(r.eps_electronic), "eps_total": mean_of(r.eps_total), "frequency": r.frequencies.max(), "seconds": r.seconds})
            with replacing(f) as tmp: pd.DataFrame(rows).round(5).to_csv(tmp, index=False)


if __name__ == "__main__":
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter); p.add_argument("parts", nargs="+", choices=["crystals", "finds", "convergence"]); p.add_argument("--cif", nargs="*", default=[]); p.add_argument("--minutes", type=float, default=60); a = p.parse_args()
    end = time.monotonic() + 60 * a.minutes
    for part in a.parts: {"crystals": lambda: crystals(end, KNOWN | {Path(c).stem: as_structure(c) for c in a.cif}), "finds": lambda: crystals(end, found(), FINDS), "convergence": lambda: convergence(end)}[part]()
