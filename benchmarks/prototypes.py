"""The library of structure types and the retrieval model, from the training part of the tables.

    CRYSVCD_DATA=FOLDER python benchmarks/prototypes.py [--steps 2000] [--out runs/structure-retrieval]

Writes crysvcd/tables/prototypes.npz (about six minutes on one core) and trains the retrieval model (about five). Who belongs to which type is kept in
OUT/types.json, so that a second call only trains.
"""
import argparse, json, time
from pathlib import Path
from tqdm.auto import tqdm
from crysvcd.data import load_crystals, split_by_formula
from crysvcd.prototype import TABLE, StructureType, classify, finish, library, load_library, save_library
from crysvcd.retrieval import train_retrieval
from crysvcd.training import TrainConfig


def sort_and_keep(train, file, table):
    types = [finish(t, train) for t in tqdm(classify(train), desc="averages")]
    save_library(library(types), table); file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps([{"number": t.number, "wyckoff": t.wyckoff, "rows": t.rows, "elements": t.elements, "automorphisms": [[int(k) for k in a] for a in t.automorphisms]} for t in types]))
    return types


def kept(file, table):
    lib = load_library(table); tuples = lambda x: [tuple(y) for y in x]
    return [StructureType(t["number"], t["wyckoff"], lib[i], t["rows"], tuples(t["elements"]), tuples(t["automorphisms"])) for i, t in enumerate(json.loads(file.read_text()))]


if __name__ == "__main__":
    p = argparse.ArgumentParser(); p.add_argument("--steps", type=int, default=2000); p.add_argument("--out", default="runs/structure-retrieval", type=Path); p.add_argument("--table", default=TABLE, type=Path)
    a = p.parse_args(); train = split_by_formula(load_crystals(elements=None))["train"]; file = a.out / "types.json"
    t0 = time.time(); types = kept(file, a.table) if file.exists() else sort_and_keep(train, file, a.table); print(f"{len(types)} types, {time.time() - t0:.0f} s", flush=True)
    train_retrieval(types, train, a.out, TrainConfig(steps=a.steps, lr=3e-3, weight_decay=0.03, ema=0.998, validate_every=250))
