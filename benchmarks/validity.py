"""Validity of crystals as `crysvcd generate` makes them, formulas and all.

    python benchmarks/validity.py [--n 1000] [--structure structure-retrieval]

Weak rule (CDVAE, DiffCSP): every pair at least 0.5 Å apart, volume at least 0.1 Å³. Strict rule (LeMat-GenBench): d ≥ 0.5·(0.7 Å + r_i + r_j) with atomic radii
for every pair, periodic images included (`keeps_distance`). Writes benchmarks/results/validity.json; needs no data.
"""
import argparse, json, time
from pathlib import Path
from crysvcd.generate import CrysVCD
from crysvcd.metrics import wilson
from crysvcd.novelty import keeps_distance
from crysvcd.structure import is_valid

OUT = Path(__file__).parent / "results/validity.json"


if __name__ == "__main__":
    p = argparse.ArgumentParser(); p.add_argument("--n", type=int, default=1000); p.add_argument("--structure", default="structure-retrieval"); a = p.parse_args()
    t0 = time.process_time(); made = CrysVCD.from_pretrained(structure=a.structure).generate(a.n, kind="both", seed=11)
    seconds = time.process_time() - t0
    weak, hard = [sum(bool(f(c.structure)) for c in made) for f in (is_valid, keeps_distance)]
    done = json.loads(OUT.read_text()) if OUT.exists() else {}
    done[a.structure] = {"n": a.n, "valid": weak / a.n, "valid_95": wilson(weak, a.n), "strict": hard / a.n, "strict_95": wilson(hard, a.n), "cpu_seconds a crystal, formulas included": seconds / a.n}
    OUT.write_text(json.dumps(done, indent=1) + "\n"); print(done[a.structure])
