"""Every sampler of the two structure models: what a crystal costs, and how often it is the right one, on *validation* compositions.

    CRYSVCD_DATA=FOLDER python benchmarks/samplers.py # 150 compositions, about 28 minutes of one core
    CRYSVCD_DATA=FOLDER python benchmarks/samplers.py --n 450 --only "diffusion, churn" # the candidates for the diffusion's default, ten more

All of a model's samplers use the same weights, compositions and seeds; the test part is not looked at. Writes benchmarks/results/samplers.json, a row a setting;
a setting measured before with the same weights and number of compositions is kept. One draw a composition: nothing is drawn again where atoms overlap.
`hits` has a 1 for every composition whose crystal was found, so that two rows can be compared composition by composition.
"""
import argparse, json
from functools import partial
from pathlib import Path
import torch
from crysvcd.data import load_crystals, split_by_formula
from crysvcd.diffusion import DiffusionGenerator, load_diffusion, sample_few
from crysvcd.flow import load_flow, sample_flow
from crysvcd.generate import weights_hash
from crysvcd.metrics import held_out, predict_structures, summary
from crysvcd.structure import CrystalNoise, sample_by_size

OUT = Path(__file__).parent / "results" / "samplers.json"
DIFFUSION = [*(("churn 0.8", n) for n in (25, 50, 100, 200)), ("churn 0.95", 100), *(("churn 1", n) for n in (25, 50, 100, 200)), *(("ode", n) for n in (10, 25, 50)),
             *(("euler", n) for n in (10, 25, 50, 100)), ("shared", None), ("paper", None), ("predictor", None)]
FLOW = [*(("churn 0.95", n) for n in (25, 50, 100, 200)), *(("euler", n) for n in (10, 25, 50, 100)), ("second order", 10), ("second order", 25)]


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


def diffusion_sampler(model, name, steps):
    return DiffusionGenerator(model, partial(sample_few, churn=float(name.split()[1])) if name.startswith("churn ") else name, steps)


class FlowSampler:
    "One draw a crystal with any sampler of the flow"
    def __init__(self, model, name, steps): self.draw = partial({"euler": partial(sample_flow, churn=0.0), "churn 0.95": partial(sample_flow, churn=0.95), "second order": second_order}[name], model, steps=steps)
    def sample(self, cells, seeds, callback=None): return sample_by_size(lambda z, s, cb: self.draw(z, CrystalNoise(s), callback=cb), cells, seeds)


def measure(model, make, name, steps, crystals):
    counted = Counted(model)
    table = predict_structures(make(counted, name, steps), crystals)
    return {"evaluations": round(counted.asked / len(crystals))} | summary(table) | {"hits": "".join("01"[int(x)] for x in table.rmse.notna())}


def settings():
    for kind, load, make, rows in (("diffusion", load_diffusion, diffusion_sampler, DIFFUSION), ("flow", load_flow, FlowSampler, FLOW)):
        model = load().eval()
        for name, steps in rows: yield {"model": kind, "sampler": name, "steps": steps, "weights": weights_hash(f"structure-{kind}")}, model, make


if __name__ == "__main__":
    p = argparse.ArgumentParser(); p.add_argument("--n", type=int, default=150); p.add_argument("--only", default="", help="only rows whose 'model, sampler' begins like this"); a = p.parse_args()
    crystals = held_out(split_by_formula(load_crystals(elements=None))["val"], a.n)
    done = json.loads(OUT.read_text()) if OUT.exists() else []
    for about, model, make in settings():
        about["n"] = len(crystals)
        if any(about.items() <= r.items() for r in done) or not f"{about['model']}, {about['sampler']}".startswith(a.only): continue
        row = about | measure(model, make, about["sampler"], about["steps"], crystals); print(row, flush=True)
        done = [r for r in done if any(r[k] != about[k] for k in ("model", "sampler", "steps", "n"))] + [row]
        OUT.write_text(json.dumps(done, indent=1) + "\n")
