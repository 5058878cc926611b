"""What generated crystals are worth: relaxed, weighed against the hull, shaken, compared with each other and with what is known.

    CRYSVCD_DATA=FOLDER python benchmarks/evaluation.py --n 100 [--pot chgnet] [--folder CRYSTALS] [--store FILE]
    CRYSVCD_DATA=FOLDER python benchmarks/evaluation.py --n 200 --pot nequix-oam-1 --phonons --report nbs/judged_crystals.html [--folder CRYSTALS] [--store FILE]

The crystals are those of `crysvcd generate N --seed 0` (ionic, at most 20 atoms). Writes benchmarks/results/evaluation-POT.csv, the table of `evaluate` without the
crystals, and the report if asked; with a store it goes on where it stopped, and several may work on one store. `--stored-phonons` takes the phonons that are in the
store and asks for no more: the rows of the others say so.
"""
import argparse
from pathlib import Path
import torch
from crysvcd import evaluation
from crysvcd.evaluation import Settings, evaluate
from crysvcd.generate import CrysVCD
from crysvcd.hull import Hull
from crysvcd.novelty import Reference, shares
from crysvcd.report import report

if __name__ == "__main__":
    p = argparse.ArgumentParser(); p.add_argument("--n", type=int, default=100); p.add_argument("--pot", default="chgnet"); p.add_argument("--phonons", action="store_true"); p.add_argument("--stored-phonons", action="store_true"); p.add_argument("--report", type=Path); p.add_argument("--folder", type=Path); p.add_argument("--store"); a = p.parse_args(); torch.set_num_threads(1)
    if a.stored_phonons: evaluation._phonons = lambda job: "not asked: the time was used up"
    crystals = CrysVCD.from_pretrained().generate(a.n, seed=0, out=a.folder, progress=False)
    hull = Hull(); reference = Reference.load(hull.points.formula)
    t = evaluate(a.folder or crystals, Settings(pot=a.pot, phonons=a.phonons), store=a.store, hull=hull, reference=reference)
    t.round(5).to_csv(Path(__file__).parent / "results" / f"evaluation-{a.pot}.csv", index=False)
    print(shares(t).to_string())
    about = {"crystals": f"crysvcd generate {a.n} --seed 0", "potential": t.potential[0], "relaxed": "to 0.01 eV/Å and 0.1 GPa", "hull": "Materials Project, as shipped with crysvcd", "known": f"MP-20 and MPTS-52 parts, {len(reference):,} crystals"}
    if a.phonons: about["phonons"] = t.phonon_potential.dropna().iloc[0]
    if a.report: report(t, t.attrs["structures"], a.report, f"{a.n} new crystals, judged", about)
