"""Steps and churn of the flow sampler: what each setting costs and how often it finds the crystal of a *validation* composition.

    CRYSVCD_DATA=FOLDER python benchmarks/flow_sampling.py [--n 250]

The default of `FlowGenerator` is chosen from this; the test part is not looked at. Writes benchmarks/results/flow_sampling.json.
"""
import argparse, json
from pathlib import Path
from crysvcd.data import load_crystals, split_by_formula
from crysvcd.flow import FlowGenerator, load_flow
from crysvcd.metrics import held_out, predict_structures, summary

SETTINGS = [(50, 0.0), (100, 0.0), (50, 0.8), (100, 0.5), (100, 0.8), (100, 0.95), (200, 0.8), (200, 0.95)]

if __name__ == "__main__":
    p = argparse.ArgumentParser(); p.add_argument("--n", type=int, default=250); a = p.parse_args()
    crystals = held_out(split_by_formula(load_crystals(elements=None))["val"], a.n)
    model, out = load_flow(), []
    for steps, churn in SETTINGS:
        out.append({"steps": steps, "churn": churn} | summary(predict_structures(FlowGenerator(model, steps, churn, tries=1), crystals)))
        print(out[-1], flush=True)
        (Path(__file__).parent / "results/flow_sampling.json").write_text(json.dumps(out, indent=1) + "\n")
