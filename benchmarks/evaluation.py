"""What 100 generated crystals are worth: relaxed, weighed against the hull, compared with each other and with what is known.

    CRYSVCD_DATA=FOLDER python benchmarks/evaluation.py [--n 100] [--pot chgnet] [--store FILE]

The crystals are those of `crysvcd generate N --seed 0` (ionic, at most 20 atoms). Writes benchmarks/results/evaluation-POT.csv, the table of `evaluate` without the crystals; with a store it goes on where it stopped.
"""
import argparse
from pathlib import Path
import torch
from crysvcd.evaluation import Settings, evaluate
from crysvcd.generate import CrysVCD
from crysvcd.novelty import shares

if __name__ == "__main__":
    p = argparse.ArgumentParser(); p.add_argument("--n", type=int, default=100); p.add_argument("--pot", default="chgnet"); p.add_argument("--store"); a = p.parse_args(); torch.set_num_threads(1)
    crystals = CrysVCD.from_pretrained().generate(a.n, seed=0, progress=False)
    t = evaluate(crystals, Settings(pot=a.pot), store=a.store)
    t.round(5).to_csv(Path(__file__).parent / "results" / f"evaluation-{a.pot}.csv", index=False)
    print(shares(t).to_string())
