"""The dielectric surrogate: springs, networks, Gaussian processes, their calibration, and a comparison with baselines on compositions that none of them has seen (the potential may have).

    CRYSVCD_DATA=FOLDER OMP_NUM_THREADS=1 python benchmarks/dielectric.py springs|train|evaluate|cross … [--pot nequix-oam-1-pft] [--steps 400] [--out crysvcd/weights/dielectric]

springs   force constants at the zone's centre of all crystals of the table, by a potential (half an hour) → runs/dielectric/springs-POT.npz
train     networks on all but the test part (ten minutes); processes for ε∞ and ε0, with springs and without, and for the gaps of these crystals and 3,000 of MP-20 and MPTS-52 → the folder OUT
evaluate  OUT, its networks and processes alone, and random forests on the test part; coverage, errors by chemistry → results/dielectric.json, results/dielectric_test.csv (a row a crystal)
cross     the processes and the forests on the whole table, each crystal predicted from the other four fifths of the compositions (a quarter of an hour) → results/dielectric_cross.json

Killed, springs and train go on. The baselines: random forests (scikit-learn, 500 trees) on what the composition says, and on that and the structure, the numbers that the processes see.
"""
import argparse, json, subprocess, time, warnings
from pathlib import Path
import numpy as np
import pandas as pd
import torch
from crysvcd.data import CrysVCDError, load_crystals
from crysvcd.dielectric import DielectricConfig, from_log, graph, load_dielectric, logs_of, mean_of, refractive_index, train_dielectric
from crysvcd.surrogate import POT, Process, Surrogate, calibrate, described, from_size, gamma_force_constants, spring_numbers, to_size
from crysvcd.training import TrainConfig, fingerprint, replacing

HERE = Path(__file__).parent; OUT, RUNS = HERE / "results", HERE / "runs/dielectric"; MEMBERS = 3


def springs_of(pot) -> dict: # id → (N, N, 3, 3)
    f = RUNS / f"springs-{pot}.npz"; return dict(np.load(f)) if f.exists() else {}


def springs(pot):
    t, known = load_dielectric(), springs_of(pot); RUNS.mkdir(parents=True, exist_ok=True)
    for k, r in enumerate(t[~t.id.isin(known)].itertuples()):
        known[r.id] = gamma_force_constants(r.structure, pot).astype(np.float32)
        if k % 20 == 0: keep(pot, known); print(len(known), flush=True)
    keep(pot, known)


def keep(pot, known):
    with replacing(RUNS / f"springs-{pot}.npz") as tmp:
        with open(tmp, "wb") as f: np.savez_compressed(f, **known)


def numbers(t, pot) -> np.ndarray: # (n, 53)
    f, known = RUNS / f"numbers-{pot}-{fingerprint(np.array(t.id.tolist()).view(np.uint8))}.npy", springs_of(pot)
    if not f.exists(): np.save(f, np.array([np.concatenate([described(r.structure), spring_numbers(r.structure, known[r.id])]) for r in t.itertuples()]))
    return np.load(f)


def gaps(n=3000) -> pd.DataFrame: # crystals of the tables, metals too, of at most 12 atoms
    f = RUNS / "gaps.pkl"
    if f.exists(): return pd.read_pickle(f)
    c = load_crystals(max_e_above_hull=0.1, elements=None); order = np.random.default_rng(0).permutation(np.flatnonzero(np.isfinite(c.props["band_gap"]))); rows = []
    for i in order:
        s = c[int(i)]; h = int(fingerprint(np.frombuffer(f"gap {s.composition.reduced_formula}".encode(), np.uint8)), 16) % 5
        if len(s) <= 12:
            try: rows.append({"formula": s.composition.reduced_formula, "test": h == 0, "gap": float(c.props["band_gap"][i]), "x": described(s)})
            except CrysVCDError: continue
        if len(rows) == round(1.25 * n): break
    t = pd.DataFrame(rows); t.to_pickle(f); return t


def train(steps, pot, folder, seed=0):
    t = load_dielectric(); known = t[t.part != "test"].reset_index(drop=True); cfg = TrainConfig(steps=steps, lr=5e-3, warmup=40, weight_decay=3e-2, ema=0.99, validate_every=100, seed=seed)
    model = train_dielectric(known, RUNS / "network", cfg, DielectricConfig(members=MEMBERS), validate=t[t.part == "test"].reset_index(drop=True)); x = numbers(t, pot)[(t.part != "test").to_numpy()]; bare = x.shape[1] - 7
    y = {k: to_size(mean_of(np.stack(known[k]))) for k in ("electronic", "total")}; tested = t[t.part == "test"]; g = gaps(); g = g[~g.formula.isin(tested.formula)]; held = g[g.test & ~g.formula.isin(known.formula)]; g = g[~g.test]
    gx, gy, gf = np.r_[np.stack(g.x), x[:, :bare]], np.r_[g.gap, known.gap].astype(float), [*g.formula, *known.formula]
    lessons = {"electronic": (x, y["electronic"], known.formula), "total": (x, y["total"], known.formula), "electronic bare": (x[:, :bare], y["electronic"], known.formula), "total bare": (x[:, :bare], y["total"], known.formula), "gap": (gx, gy, gf)}
    calibration = {k: calibrate(*v) for k, v in lessons.items()}; print(json.dumps(calibration, indent=1)); processes = {k: Process.fit(*v[:2]) for k, v in lessons.items()}; said = lambda x: np.maximum(processes["gap"].predict(x)[0], 0); m, true = said(np.stack(held.x)), held.gap.to_numpy()
    curve = json.loads((RUNS / "network/curve.json").read_text()); about = {"method": "dielectric", "steps_done": steps, "crystals": len(known), "minutes_done": round(curve[-1]["minutes"], 1), "revision": subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=HERE, capture_output=True, text=True).stdout.strip(), "gap": {"learned": len(gy), "tested": len(true), "error": round(float(np.abs(m - true).mean()), 4), "insulators of the dielectric table tested": len(tested), "error of these": round(float(np.abs(said(numbers(t, pot)[(t.part == "test").to_numpy(), :bare]) - tested.gap).mean()), 4), "metals known as such (below 0.3 eV)": round(float((m[true == 0] < 0.3).mean()), 4), "insulators known as such": round(float((m[true > 0.5] > 0.3).mean()), 4)}}
    Surrogate(model, processes, calibration, sorted({e.symbol for s in known.structure for e in s.composition.elements}), pot, "dielectric").save(folder, about); (Path(folder) / "curve.json").write_text(json.dumps(curve)); print(about)


def forests(x, y, at) -> np.ndarray: # log10 of mean ε∞ and ε0
    from sklearn.ensemble import RandomForestRegressor
    return RandomForestRegressor(500, max_features=0.4, n_jobs=1, random_state=0).fit(x, y).predict(at)


def interval(x, formulas, n=5000): # of a mean, 95%: whole formulas are drawn
    g = pd.DataFrame({"x": np.asarray(x, float), "f": list(formulas)}).groupby("f").x.agg(["sum", "size"]); some = np.random.default_rng(0).integers(len(g), size=(n, len(g))); m = g["sum"].to_numpy()[some].sum(1) / g["size"].to_numpy()[some].sum(1); return [round(float(v), 5) for v in (np.mean(x), *np.quantile(m, (0.025, 0.975)))]


def lopsided(tensor): return tensor / mean_of(tensor)[:, None, None] - np.eye(3)


def evaluate(folder, pot):
    t = load_dielectric(); x = numbers(t, pot); held = (t.part == "test").to_numpy(); test = t[held].reset_index(drop=True); s = Surrogate.from_pretrained(folder); k = springs_of(pot); y = np.log10(np.stack([mean_of(np.stack(t[q])) for q in ("electronic", "total")], 1)); true = 10 ** y[held]
    t0 = time.process_time(); said = s.predict(list(test.structure), springs=[k[i] for i in test.id]); seconds = (time.process_time() - t0) / len(test); bare = s.predict(list(test.structure), None); means = lambda d: np.array([[mean_of(v.eps_electronic), v.mean] for v in d])
    net = from_log(logs_of(s.model, [graph(v) for v in test.structure]).mean(0)); n = refractive_index(np.stack(test.electronic))
    guesses = {"surrogate": means(said), "surrogate without springs": means(bare), "networks alone": np.stack([mean_of(v) for v in net], 1), "random forest, composition": 10 ** forests(x[~held, :33], y[~held], x[held, :33]), "random forest, structure too": 10 ** forests(x[~held, :46], y[~held], x[held, :46]), "random forest, springs too": 10 ** forests(x[~held], y[~held], x[held])}
    guess_n = {k: np.sqrt(v[:, 0]) for k, v in guesses.items()} | {"surrogate": np.array([d.refractive_index for d in said]), "networks alone": refractive_index(net[0])}
    errors = {k: {"log10_eps_total": np.abs(np.log10(v[:, 1] / true[:, 1])), "log10_eps_electronic": np.abs(np.log10(v[:, 0] / true[:, 0])), "n": np.abs(guess_n[k] - n), "eps_total": np.abs(v[:, 1] - true[:, 1]), "eps_electronic": np.abs(v[:, 0] - true[:, 0])} for k, v in guesses.items()}
    rows = {k: {m: interval(v, test.formula) for m, v in e.items()} | {f"{m}_median": round(float(np.median(v)), 5) for m, v in e.items()} for k, e in errors.items()}; better = {k: {m: interval(errors["surrogate"][m] - e[m], test.formula) for m in e} for k, e in errors.items() if k != "surrogate"} # below 0: the surrogate is better
    inside = {f"{name}{part}": round(float(np.mean([low(d)[0] <= v <= low(d)[1] for d, v in zip(answers, true[:, i])])), 4) for name, answers in (("", said), ("without springs, ", bare)) for i, (part, low) in enumerate((("electronic", lambda d: d.interval_electronic), ("total", lambda d: d.interval)))}
    shape = {}
    for part, truth, guess in (("electronic", np.stack(test.electronic), np.array([d.eps_electronic for d in said])), ("total", np.stack(test.total), np.array([d.eps_total for d in said]))):
        a = lopsided(truth); some = np.linalg.norm(a, axis=(1, 2)) > 0.02; shape[part] = {"crystals": int(some.sum()), "a sphere": interval(np.linalg.norm(a[some], axis=(1, 2)), test.formula[some]), "the networks": interval(np.linalg.norm((a - lopsided(guess))[some], axis=(1, 2)), test.formula[some])}
    unit = {name: round(float(np.mean([np.log10(max(w[1], 1) / w[0]) for w in v])), 4) for name, v in (("with springs", [d.interval for d in said]), ("without", [d.interval for d in bare]))}
    d = pd.DataFrame({"id": test.id, "formula": test.formula, "eps_electronic": true[:, 0], "eps_total": true[:, 1], "n": n, "spread": [v.spread for v in said], "low": [v.interval[0] for v in said], "high": [v.interval[1] for v in said], "warning": [v.warning for v in said], "gap": test.gap, "gap said": [v.gap for v in said]} | {f"{k}: {m}": v[:, i] for k, v in guesses.items() for i, m in enumerate(("eps_electronic", "eps_total"))} | {f"{k}: n": v for k, v in guess_n.items()})
    with replacing(OUT / "dielectric_test.csv") as tmp: d.round(4).to_csv(tmp, index=False)
    warned = d.warning.str.contains("unlike|push|never"); out = {"potential": pot, "crystals": {"learned from": int((~held).sum()), "test": len(test)}, "errors": rows, "surrogate minus": better, "inside the 90% interval": inside, "width of the interval, log10": unit, "shape, Frobenius norm of the tensor over its mean, less 1": shape, "warned (unlike, push, never seen)": {"crystals": int(warned.sum()), "error of log10 ε0": interval(errors["surrogate"]["log10_eps_total"][warned], test.formula[warned]) if warned.any() else None, "others": interval(errors["surrogate"]["log10_eps_total"][~warned], test.formula[~warned])}, "CPU seconds a crystal, without springs": round(seconds, 4)}
    with replacing(OUT / "dielectric.json") as tmp: tmp.write_text(json.dumps(out, indent=1) + "\n")
    print(json.dumps(out, indent=1))


def cross(pot, folds=5):
    from sklearn.model_selection import GroupKFold
    t = load_dielectric(); x = numbers(t, pot); true = np.stack([mean_of(np.stack(t[q])) for q in ("electronic", "total")], 1); n = refractive_index(np.stack(t.electronic)); process = lambda x, y, at: np.stack([from_size(Process.fit(x, to_size(10 ** y[:, i])).predict(at)[0]) for i in range(2)], 1)
    ways = {"processes": (process, 53), "processes, logarithms learned": (lambda x, y, at: np.stack([10 ** Process.fit(x, y[:, i]).predict(at)[0] for i in range(2)], 1), 53), "random forest, composition": (lambda *a: 10 ** forests(*a), 33), "random forest, structure too": (lambda *a: 10 ** forests(*a), 46), "random forest, springs too": (lambda *a: 10 ** forests(*a), 53)}; errors = {}
    for name, (fit, k) in ways.items():
        said = np.empty_like(true)
        for rest, held in GroupKFold(folds).split(x, groups=t.formula.to_numpy()): said[held] = fit(x[rest, :k], np.log10(true[rest]), x[held, :k])
        errors[name] = {"log10_eps_total": np.abs(np.log10(said[:, 1] / true[:, 1])), "log10_eps_electronic": np.abs(np.log10(said[:, 0] / true[:, 0])), "n": np.abs(np.sqrt(said[:, 0]) - n)}; print(name, {m: interval(e, t.formula) for m, e in errors[name].items()}, flush=True)
    out = {"crystals": len(t), "folds": folds, "errors": {k: {m: interval(e, t.formula) for m, e in v.items()} for k, v in errors.items()}, "processes minus": {k: {m: interval(errors["processes"][m] - e, t.formula) for m, e in v.items()} for k, v in errors.items() if k != "processes"}}
    with replacing(OUT / "dielectric_cross.json") as tmp: tmp.write_text(json.dumps(out, indent=1) + "\n")


if __name__ == "__main__":
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter); p.add_argument("parts", nargs="+", choices=["springs", "train", "evaluate", "cross"]); p.add_argument("--pot", default=POT); p.add_argument("--steps", type=int, default=400); p.add_argument("--out", type=Path, default=HERE.parent / "crysvcd/weights/dielectric"); a = p.parse_args()
    torch.set_num_threads(1); warnings.filterwarnings("ignore")
    for part in a.parts: {"springs": lambda: springs(a.pot), "train": lambda: train(a.steps, a.pot, a.out), "evaluate": lambda: evaluate(a.out, a.pot), "cross": lambda: cross(a.pot)}[part]()
