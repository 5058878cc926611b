"""Crystal-structure prediction on held-out compositions: every structure generator, one and more candidates each.

    CRYSVCD_DATA=FOLDER python benchmarks/structure_prediction.py [--only NAME…] [--weights NAME=FOLDER…] [--part test] [--out FILE]

Split, choice of compositions and matcher: notebook 15_metrics. Writes benchmarks/results/structure_prediction.json, which keeps every composition's distance
at 1, 10 and 20 candidates, so that any subset can be looked at; generators measured before are kept. Substitution and retrieval are asked for all
held-out compositions, chance, the flow and the diffusion model for the first 200, 150 and 100 of the same list.
"""
import argparse, json, platform, time
from pathlib import Path
import numpy as np
import torch
from crysvcd.data import CrysVCDError, load_crystals, split_by_formula
from crysvcd.diffusion import DiffusionGenerator
from crysvcd.flow import FlowGenerator
from crysvcd.metrics import at_k, distances, held_out, metre, predict_candidates
from crysvcd.prototype import load_library
from crysvcd.retrieval import RetrievalGenerator
from crysvcd.structure import RandomGenerator, VolumeModel, crystal_seeds, is_valid, min_distance
from crysvcd.template import TemplateGenerator, aflow_templates

OUT = Path(__file__).parent / "results" / "structure_prediction.json"


def generators(train, weights):
    "name → (make, compositions asked for one crystal, candidates, compositions asked for so many)"
    volume, w = VolumeModel().fit(train), lambda name: weights.get(name, f"structure-{name}")
    retrieval = lambda: RetrievalGenerator.from_pretrained(w("retrieval"), flow=weights.get("flow"))
    def alone(): g = retrieval(); g.ranking = (1.0, 0.0, 0.0); return g
    return {"chance": (lambda: RandomGenerator(volume), 200, 20, 200),
            "substitution (training crystals)": (lambda: Lenient(TemplateGenerator(train, volume)), 10_000, 20, 10_000),
            "substitution (AFLOW prototypes)": (lambda: Lenient(TemplateGenerator(aflow_templates(), volume)), 10_000, 1, 0),
            "retrieval": (retrieval, 10_000, 20, 10_000),
            "retrieval without the flow's say": (alone, 10_000, 1, 0),
            "flow": (lambda: FlowGenerator.from_pretrained(w("flow")), 150, 20, 150),
            "diffusion": (lambda: DiffusionGenerator.from_pretrained(w("diffusion"), sampler="paper"), 100, 1, 0)}


class Lenient:
    """A composition for which substitution has nothing is a miss, and counted as one"""
    def __init__(self, inner): self.inner = inner
    def candidates(self, cell, k=1, seed=0):
        try: return self.inner.candidates(cell, k)
        except CrysVCDError: return []


def first_answers(generator, crystals):
    "One crystal each, as `generate` would make it, and CPU seconds a crystal"
    cells, t0 = [s.composition for s in crystals], time.process_time()
    made = [next(iter(generator.candidates(c, 1)), None) for c in cells] if isinstance(generator, Lenient) else generator.sample(cells, crystal_seeds(0, len(cells)))
    return made, (time.process_time() - t0) / len(cells)


def described(structures):
    "Density (g/cm³), Å³ an atom, space group, shortest distance (Å), neighbours within 1.2 of each atom's nearest; nothing for what was not made"
    out = {k: [] for k in ("density", "volume", "spacegroup", "min_distance", "coordination")}
    for s in structures:
        if s is None or not is_valid(s): continue
        try: number = s.get_space_group_info(0.1)[1]
        except Exception: number = 1 # spglib finds nothing
        i, _, _, d = s.get_neighbor_list(6.0); near = np.full(len(s), np.inf); np.minimum.at(near, i, d)
        row = (float(s.density), s.volume / len(s), number, min_distance(s), float(np.mean(np.bincount(i[d <= 1.2 * near[i]], minlength=len(s)))))
        for k, v in zip(out, row): out[k].append(round(v, 3))
    return out


def measure(generator, crystals, references, k, most):
    made, seconds = first_answers(generator, crystals)
    first = distances([[s] if s is not None else [] for s in made], crystals)
    if not first.size: first = np.full((len(made), 1), np.nan)
    note = {"valid": float(np.mean([s is not None and is_valid(s) for s in made])), "cpu_seconds": seconds, "1": at_k(first, 1) | {"metre": metre([[s] if s is not None else [] for s in made], crystals, references, 1)["metre"]}}
    note["properties"] = described(made); best = {"1": first[:, 0]}
    if k > 1:
        some = crystals[np.arange(min(most, len(crystals)))]; references = references[np.isin(references.formula, some.formula)]
        many = predict_candidates(generator, some, k); d = distances(many, some); ks = [n for n in (10, 20) if n <= k]
        note |= {str(n): at_k(d, n) for n in ks}; note[str(k)]["metre"] = metre(many, some, references, k)["metre"]
        nearest = lambda x: np.where(np.isnan(x).all(1), np.nan, np.where(np.isnan(x), np.inf, x).min(1, initial=np.inf))
        best |= {str(n): nearest(d[:, :n]) for n in ks}
    return note | {"distance": {n: [None if np.isnan(x) else round(float(x), 4) for x in v] for n, v in best.items()}}


def about(crystals, train, volume):
    "What may explain success: size, distance of the nearest known crystal (Mendeleev numbers), whether the structure type is new"
    t, lib = TemplateGenerator(train, volume), load_library()
    def far(s):
        n = t.nearest(s.composition); return round(n[0][0] / len(s.composition), 3) if n else None
    return {"id": crystals.id.tolist(), "formula": crystals.formula.tolist(), "n_atoms": crystals.n_atoms.tolist(), "n_elements": [len(s.composition) for s in crystals],
            "properties": described(crystals), "template_distance": [far(s) for s in crystals], "new_type": [lib.type_of(s) < 0 for s in crystals]}


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("--only", nargs="*"); p.add_argument("--weights", nargs="*", default=[]); p.add_argument("--part", default="test"); p.add_argument("--out", default=OUT, type=Path); p.add_argument("--n", type=int, default=10_000)
    a = p.parse_args(); parts = split_by_formula(load_crystals(elements=None)); crystals = held_out(parts[a.part], a.n)
    done = json.loads(a.out.read_text()) if a.out.exists() else {}
    done = done if done.get("part") == a.part and "about" in done else {"part": a.part, "models": {}}
    done |= {"note": {"compositions": len(crystals), "training crystals": len(parts["train"]), "threads": torch.get_num_threads(), "machine": platform.machine()}, "about": about(crystals, parts["train"], VolumeModel().fit(parts["train"]))}
    for name, (make, most, k, many) in generators(parts["train"], dict(w.split("=", 1) for w in a.weights)).items():
        if a.only and name not in a.only: continue
        some = crystals[np.arange(min(most, len(crystals)))]; references = parts[a.part][np.isin(parts[a.part].formula, some.formula)]
        done["models"][name] = measure(make(), some, references, k, many)
        print(name, {x: y for x, y in done["models"][name].items() if x not in ("distance", "properties")}, flush=True)
        a.out.parent.mkdir(exist_ok=True); a.out.write_text(json.dumps(done) + "\n")
