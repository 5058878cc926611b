"""The library of structure types and the retrieval model, from the training part of the tables.

    CRYSVCD_DATA=FOLDER python benchmarks/prototypes.py [--steps 2000] [--out runs/structure-retrieval]

Writes crysvcd/tables/prototypes.npz (about six minutes on one core) and trains the retrieval model (about five).
"""
import argparse, time
from pathlib import Path
from tqdm.auto import tqdm
from crysvcd.data import load_crystals, split_by_formula
from crysvcd.prototype import TABLE, classify, finish, library, save_library
from crysvcd.retrieval import train_retrieval
from crysvcd.training import TrainConfig

if __name__ == "__main__":
    p = argparse.ArgumentParser(); p.add_argument("--steps", type=int, default=2000); p.add_argument("--out", default="runs/structure-retrieval", type=Path); p.add_argument("--table", default=TABLE, type=Path)
    a = p.parse_args(); train = split_by_formula(load_crystals(elements=None))["train"]
    t0 = time.time(); types = [finish(t, train) for t in tqdm(classify(train), desc="averages")]
    save_library(library(types), a.table); print(f"{len(types)} types in {time.time() - t0:.0f} s", flush=True)
    train_retrieval(types, train, a.out, TrainConfig(steps=a.steps, lr=3e-3, weight_decay=0.03, ema=0.998, validate_every=250))
