"""The dielectric surrogate: trained, calibrated and compared with baselines on compositions that none has seen.

    CRYSVCD_DATA=FOLDER OMP_NUM_THREADS=1 python benchmarks/dielectric.py train|evaluate … [--steps 500] [--before 800] [--out crysvcd/weights/dielectric]

train     a network on gaps and formation energies of the tables of crystals, from it the ensemble on the training part of the dielectric table, calibrated on its calibration part → the folder OUT
evaluate  OUT and two random forests on the test part, tensors, intervals, errors by chemistry → results/dielectric.json, results/dielectric_test.csv (a row a crystal)

Killed, train goes on (runs/dielectric). The baselines: a random forest (scikit-learn, 500 trees) on what the composition says (mean, least, largest and spread of eight properties of its elements), and
one that also sees the structure as matminer's features do (volume an atom, density, distances and numbers of neighbours, symmetry).
"""
import argparse, json, time
from pathlib import Path
import numpy as np
import pandas as pd
import torch
from crysvcd.data import load_crystals
from crysvcd.dielectric import REACH, DielectricConfig, Surrogate, _or_none, atom_numbers, calibrate, graph, load_dielectric, mean_of, train_dielectric
from crysvcd.training import TrainConfig, fingerprint, replacing

HERE = Path(__file__).parent; OUT, RUNS = HERE / "results", HERE / "runs/dielectric"


def gaps(held: set) -> pd.DataFrame: # crystals of the tables with a gap, of other compositions
    c = load_crystals(max_e_above_hull=None, elements=None); some = np.flatnonzero((c.props["band_gap"] > 0.1) & ~np.isin(c.formula, list(held)))
    return pd.DataFrame({"structure": [c[int(i)] for i in some], "gap": c.props["band_gap"][some], "e_form": c.props["formation_energy_per_atom"][some]})


def first(steps, seed=0): # one network learns gaps and formation energies
    t = load_dielectric(); g = gaps(set(t.formula[t.part != "train"])); ok = [k for k, s in enumerate(g.structure) if _or_none(s, REACH) is not None]; g = g.iloc[ok].reset_index(drop=True); held = np.array([int(fingerprint(np.frombuffer(s.composition.reduced_formula.encode(), np.uint8)), 16) % 20 == 0 for s in g.structure])
    return train_dielectric(g[~held].reset_index(drop=True), RUNS / "first", TrainConfig(steps=steps, lr=5e-3, warmup=100, ema=0.995, validate_every=100, seed=seed), DielectricConfig(members=1), 48, g[held].reset_index(drop=True))


def train(steps, before, folder, seed=0):
    t = load_dielectric(); parts = dict(list(t.groupby("part"))); cfg = TrainConfig(steps=steps, lr=3e-3, warmup=50, weight_decay=1e-2, ema=0.99, validate_every=100, seed=seed); start = first(before)
    model = train_dielectric(parts["train"].reset_index(drop=True), RUNS / "ensemble", cfg, validate=parts["calibration"], start=start)
    minutes = sum(json.loads((RUNS / k / "curve.json").read_text())[-1]["minutes"] for k in ("first", "ensemble"))
    Surrogate(model, calibrate(model, parts["calibration"]), sorted({e.symbol for s in parts["train"].structure for e in s.composition.elements}), "dielectric").save(folder, {"method": "dielectric", "training": {"steps": steps, "before": before, "minutes": round(minutes, 1), "crystals": len(parts["train"]), "data": "Petousis et al., Sci. Data 4, 160134 (2017), CC BY 4.0: training part of load_dielectric; before it gaps and formation energies of MP-20 (Materials Project, CC BY 4.0)"}})


def composition_features(s) -> list:
    e, n = zip(*s.composition.items()); w = np.array(n) / sum(n); numbers = atom_numbers()
    x = np.array([[*numbers[k.Z - 1], k.Z / 100, k.X if k.X == k.X else 0.0, k.group, k.row, float(k.is_transition_metal)] for k in e]); m = w @ x
    return [*m, *x.min(0), *x.max(0), *np.sqrt(w @ (x - m) ** 2), len(e)]


def structure_features(s) -> list:
    g = graph(s, REACH); d = g.vectors.norm(dim=1).numpy(); to = g.edges[0].numpy(); near = np.array([d[to == i].min() for i in range(len(s))]); count = np.array([(d[to == i] < 1.25 * near[i]).sum() for i in range(len(s))]); total = np.bincount(to, minlength=len(s))
    return [s.volume / len(s), s.density, near.mean(), near.min(), near.max(), near.std(), count.mean(), count.min(), count.max(), count.std(), total.mean(), len(s), s.get_space_group_info(0.1)[1]]


def forests(parts) -> dict: # test predictions: (n, 2) mean ε∞ and ε0
    from sklearn.ensemble import RandomForestRegressor
    known = pd.concat([parts["train"], parts["calibration"]]); y = np.log10(np.stack([mean_of(np.stack(known[k])) for k in ("electronic", "total")], 1)); out = {}
    for name, features in (("random forest, composition", [composition_features]), ("random forest, structure too", [composition_features, structure_features])):
        x = lambda t: np.array([sum((list(f(s)) for f in features), []) for s in t.structure])
        out[name] = 10 ** RandomForestRegressor(500, max_features=0.4, min_samples_leaf=1, n_jobs=1, random_state=0).fit(x(known), y).predict(x(parts["test"]))
    return out


def interval(x, n=5000): # of a mean, 95%
    m = np.random.default_rng(0).choice(x, (n, len(x))).mean(1); return [round(float(v), 5) for v in (np.mean(x), *np.quantile(m, (0.025, 0.975)))]


def evaluate(folder):
    t = load_dielectric(); parts = dict(list(t.groupby("part"))); test = parts["test"].reset_index(drop=True); t0 = time.process_time(); s = Surrogate.from_pretrained(folder); said = s.predict(list(test.structure)); seconds = time.process_time() - t0
    true = np.stack([mean_of(np.stack(test[k])) for k in ("electronic", "total")], 1); index = lambda e: np.sqrt(np.linalg.eigvalsh(e)).mean(-1); n = index(np.stack(test.electronic))
    guesses = {"network": np.array([[mean_of(d.eps_electronic), d.mean] for d in said])} | forests(parts); rows = {}
    guess_n = {"network": np.array([d.refractive_index for d in said])} | {k: np.sqrt(v[:, 0]) for k, v in guesses.items() if k != "network"}
    errors = {k: {"log10_eps_total": np.abs(np.log10(v[:, 1] / true[:, 1])), "log10_eps_electronic": np.abs(np.log10(v[:, 0] / true[:, 0])), "n": np.abs(guess_n[k] - n), "eps_total": np.abs(v[:, 1] - true[:, 1]), "eps_electronic": np.abs(v[:, 0] - true[:, 0])} for k, v in guesses.items()}
    for k, e in errors.items(): rows[k] = {m: interval(x) for m, x in e.items()} | {f"{m}_median": round(float(np.median(x)), 5) for m, x in e.items()}
    better = {k: {m: interval(errors["network"][m] - e[m]) for m in e} for k, e in errors.items() if k != "network"} # below 0: the network is better
    inside = {"total": np.mean([d.interval[0] <= x <= d.interval[1] for d, x in zip(said, true[:, 1])]), "electronic": np.mean([d.interval_electronic[0] <= x <= d.interval_electronic[1] for d, x in zip(said, true[:, 0])])}
    tensor = np.array([np.linalg.norm(d.eps_total - x) / np.linalg.norm(x) for d, x in zip(said, test.total)]); lopsided = np.array([np.linalg.norm(x - mean_of(x) * np.eye(3)) / np.linalg.norm(x) for x in test.total])
    d = pd.DataFrame({"id": test.id, "formula": test.formula, "eps_electronic": true[:, 0], "eps_total": true[:, 1], "n": n, "spread": [x.spread for x in said], "low": [x.interval[0] for x in said], "high": [x.interval[1] for x in said], "warning": [x.warning for x in said]} | {f"{k}: {m}": v[:, i] for k, v in guesses.items() for i, m in enumerate(("eps_electronic", "eps_total"))} | {f"{k}: n": v for k, v in guess_n.items()})
    with replacing(OUT / "dielectric_test.csv") as tmp: d.round(4).to_csv(tmp, index=False)
    out = {"crystals": {k: len(v) for k, v in parts.items()}, "errors": rows, "network minus": better, "inside the 90% interval": {k: round(float(v), 4) for k, v in inside.items()}, "tensor, relative Frobenius": interval(tensor), "anisotropy of the tensors": interval(lopsided), "CPU seconds a crystal": round(seconds / len(test), 4)}
    with replacing(OUT / "dielectric.json") as tmp: tmp.write_text(json.dumps(out, indent=1) + "\n")
    print(json.dumps(out, indent=1))


if __name__ == "__main__":
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter); p.add_argument("parts", nargs="+", choices=["train", "evaluate"]); p.add_argument("--steps", type=int, default=500); p.add_argument("--before", type=int, default=800, help="steps on gaps and formation energies"); p.add_argument("--out", type=Path, default=HERE.parent / "crysvcd/weights/dielectric"); a = p.parse_args()
    torch.set_num_threads(1)
    for part in a.parts: train(a.steps, a.before, a.out) if part == "train" else evaluate(a.out)
