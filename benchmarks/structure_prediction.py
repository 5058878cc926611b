"""Crystal-structure prediction on held-out compositions: every structure generator, one sample each.

    CRYSVCD_DATA=FOLDER python benchmarks/structure_prediction.py [--n 300] [--only NAME…] [--weights NAME=FOLDER…]

Split, choice of compositions and matcher: notebook 15_metrics. Writes benchmarks/results/structure_prediction.json; models measured before are kept there.
"""
import argparse, json, platform
from pathlib import Path
import torch
from crysvcd.data import CrysVCDError, load_crystals, split_by_formula
from crysvcd.diffusion import DiffusionGenerator
from crysvcd.flow import FlowGenerator
from crysvcd.metrics import held_out, predict_structures, summary
from crysvcd.structure import RandomGenerator, VolumeModel
from crysvcd.template import TemplateGenerator, aflow_templates

OUT = Path(__file__).parent / "results" / "structure_prediction.json"
SIZES = {"1-2": (1, 2), "3-4": (3, 4), "5-8": (5, 8), "9-14": (9, 14), "15-20": (15, 20)}


def generators(train, weights):
    volume = VolumeModel().fit(train)
    return {"chance": lambda: RandomGenerator(volume),
            "substitution (training crystals)": lambda: TemplateGenerator(train, volume),
            "substitution (AFLOW prototypes)": lambda: TemplateGenerator(aflow_templates(), volume),
            "flow": lambda: FlowGenerator.from_pretrained(weights.get("flow", "structure-flow")),
            "flow (first draw only)": lambda: FlowGenerator.from_pretrained(weights.get("flow", "structure-flow"), tries=1),
            "diffusion": lambda: DiffusionGenerator.from_pretrained(weights.get("diffusion", "structure-diffusion"), sampler="paper")}


class Lenient:
    """A composition for which the generator has nothing is a miss, and counted as one"""
    def __init__(self, inner): self.inner = inner
    def sample(self, cells, seeds, callback=None): return [self.one(c, s) for c, s in zip(cells, seeds)]
    def one(self, cell, seed):
        try: return self.inner.sample([cell], [seed])[0]
        except CrysVCDError: return None


def measure(generator, crystals):
    table = predict_structures(Lenient(generator) if isinstance(generator, TemplateGenerator) else generator, crystals)
    size = lambda lo, hi: table[table.n_atoms.between(lo, hi)].rmse
    return summary(table) | {"by_size": {k: [int(size(*v).notna().sum()), len(size(*v))] for k, v in SIZES.items()}}


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("--n", type=int, default=300); p.add_argument("--only", nargs="*"); p.add_argument("--weights", nargs="*", default=[]); p.add_argument("--out", default=OUT, type=Path)
    a = p.parse_args()
    parts = split_by_formula(load_crystals(elements=None))
    crystals = held_out(parts["test"], a.n)
    done = json.loads(a.out.read_text())["models"] if a.out.exists() else {}
    for name, make in generators(parts["train"], dict(w.split("=", 1) for w in a.weights)).items():
        if a.only and not any(name.startswith(o) for o in a.only): continue
        done[name] = measure(make(), crystals); print(name, done[name], flush=True)
        a.out.parent.mkdir(exist_ok=True)
        note = {"compositions": len(crystals), "training crystals": len(parts["train"]), "threads": torch.get_num_threads(), "machine": platform.machine()}
        a.out.write_text(json.dumps({"note": note, "models": done}, indent=1) + "\n")
