"""Every sampler of the two structure models: what a crystal costs, and how often it is the right one, on *validation* compositions.

    CRYSVCD_DATA=FOLDER python benchmarks/samplers.py [--n 150] [--only NAME…]

All of a model's samplers use the same weights, compositions and seeds; the test part is not looked at. Writes benchmarks/results/samplers.json, a row a setting;
a setting measured before with the same weights and compositions is kept. One draw a composition: nothing is drawn again where atoms overlap.
`hits` has a 1 for every composition whose crystal was found, so that two rows can be compared composition by composition.
"""
import argparse, json
from functools import partial
from pathlib import Path
import numpy as np
import torch
from crysvcd.data import load_crystals, split_by_formula
from crysvcd.diffusion import DiffusionGenerator, load_diffusion
from crysvcd.flow import FlowGenerator, load_flow, sample_flow
from crysvcd.generate import weights_hash
from crysvcd.metrics import held_out, predict_structures, summary
from crysvcd.structure import CrystalNoise, sample_by_size

OUT = Path(__file__).parent / "results" / "samplers.json"
DIFFUSION = [("churn", 25), ("churn", 50), ("churn", 100), ("churn", 200), ("ode", 10), ("ode", 25), ("ode", 50), ("euler", 10), ("euler", 25), ("euler", 50), ("euler", 100),
             ("shared", None), ("paper", None), ("predictor", None)]
FLOW = [("churn 0.95", 100), ("churn 0.95", 50), ("churn 0.95", 25), ("churn 0.95", 200), ("euler", 100), ("euler", 50), ("euler", 25), ("euler", 10), ("second order", 25), ("second order", 10)]


class Counted(torch.nn.Module):
    "A model that counts the crystals it was asked about"
    def __init__(self, inner): super().__init__(); self.inner, self.asked = inner, 0
    def __getattr__(self, name):
        try: return super().__getattr__(name)
        except AttributeError: return getattr(super().__getattr__("inner"), name)
    def forward(self, z, *args): self.asked += len(z); return self.inner(z, *args)


@torch.no_grad()
def second_order(model, z, noise, steps, callback=None):
    "Adams–Bashforth along the flow: extrapolates the velocity from the last two evaluations. Not in the package because it does not pay"
    x, y, old = noise.uniform(z.shape[1], 3), noise.normal(6), None
    for i in range(steps):
        v, w = model(z, x, y, torch.full((len(z),), i / steps))
        a, b = (v, w) if old is None else (1.5 * v - 0.5 * old[0], 1.5 * w - 0.5 * old[1])
        x, y, old = x + a / steps, y + b / steps, (v, w)
    return x % 1, model.coder.decode(y, z)


class FlowSampler:
    "One draw a crystal with any sampler of the flow"
    def __init__(self, model, name, steps): self.draw = partial({"euler": partial(sample_flow, churn=0.0), "churn 0.95": partial(sample_flow, churn=0.95), "second order": second_order}[name], model, steps=steps)
    def sample(self, cells, seeds, callback=None): return sample_by_size(lambda z, s, cb: self.draw(z, CrystalNoise(s), callback=cb), cells, seeds)


def measure(model, make, name, steps, crystals):
    counted = Counted(model)
    table = predict_structures(make(counted, name, steps), crystals)
    return {"evaluations": round(counted.asked / len(crystals))} | summary(table) | {"hits": "".join("01"[int(x)] for x in table.rmse.notna())}


def settings():
    for kind, load, make, rows in (("diffusion", load_diffusion, DiffusionGenerator, DIFFUSION), ("flow", load_flow, FlowSampler, FLOW)):
        model = load().eval()
        for name, steps in rows: yield {"model": kind, "sampler": name, "steps": steps, "weights": weights_hash(f"structure-{kind}")}, model, make


if __name__ == "__main__":
    p = argparse.ArgumentParser(); p.add_argument("--n", type=int, default=150); p.add_argument("--only", nargs="*"); a = p.parse_args()
    crystals = held_out(split_by_formula(load_crystals(elements=None))["val"], a.n)
    done = json.loads(OUT.read_text()) if OUT.exists() else []
    for about, model, make in settings():
        if any(about.items() <= r.items() and r["n"] == len(crystals) for r in done) or (a.only and about["sampler"] not in a.only): continue
        row = about | measure(model, make, about["sampler"], about["steps"], crystals); print(row, flush=True)
        done = [r for r in done if any(r[k] != about[k] for k in ("model", "sampler", "steps"))] + [row]
        OUT.write_text(json.dumps(done, indent=1) + "\n")
