"""pymatgen's bond-valence analysis of the shared crystals, one JSON line a crystal; run again and it goes on.

    CRYSVCD_DATA=FOLDER python benchmarks/valence_bva.py [STORE]

STORE defaults to bva.jsonl in the user's cache folder. benchmarks/valence_comparison.py reads it. A line holds the oxidation states of every element
({element: {state: atoms}}), the smallest posterior probability of a site's chosen state, and the seconds it took; `states` is null where the analysis fails.
"""
import json, signal, sys, time, warnings
from collections import Counter, defaultdict
from pathlib import Path
import numpy as np
from pymatgen.analysis.bond_valence import BVAnalyzer
from crysvcd.data import VALID_ELEMENTS, cache_dir, load_crystals


class Recorder(BVAnalyzer):
    "Keeps the posterior of every distinct site"
    def _calc_site_probabilities(self, site, nn):
        p = super()._calc_site_probabilities(site, nn)
        self.posteriors.append((site.specie.symbol, p))
        return p


def too_long(*_): raise TimeoutError


def analyse(structure, limit: int = 20) -> dict:
    "States per element and their certainty"
    bva, t0, found, reason = Recorder(), time.perf_counter(), None, ""
    bva.posteriors = []; signal.alarm(limit)
    try: found = bva.get_valences(structure)
    except Exception as e: reason = f"{type(e).__name__}: {e}"[:80] # the analysis fails in many ways; each is counted
    finally: signal.alarm(0)
    states = defaultdict(Counter)
    for s, v in zip(structure, found or ()): states[s.specie.symbol][v] += 1
    sites = [(e, p[v], sorted(p.values())[-1]) for (e, p), v in zip(bva.posteriors, bva._best_vset)] if found else []
    sure = {e: round(min(p for f, p, _ in sites if f == e), 4) for e in states}
    return {"states": states or None, "posterior": sure, "reason": reason, "seconds": round(time.perf_counter() - t0, 4)}


def store() -> Path: return Path(sys.argv[1]) if len(sys.argv) > 1 else cache_dir() / "bva.jsonl"


if __name__ == "__main__":
    warnings.filterwarnings("ignore"); signal.signal(signal.SIGALRM, too_long)
    out = store(); out.parent.mkdir(parents=True, exist_ok=True)
    done = {json.loads(l)["id"] for l in out.open()} if out.exists() else set()
    crystals = load_crystals(elements=VALID_ELEMENTS)
    with out.open("a") as f:
        for i in np.random.default_rng(0).permutation(len(crystals)):
            if crystals.id[i] in done: continue
            s = crystals[int(i)]
            f.write(json.dumps({"id": str(crystals.id[i]), "formula": s.composition.formula.replace(" ", "")} | analyse(s)) + "\n"); f.flush()
