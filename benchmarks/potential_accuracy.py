"""Energies, forces and stress of each potential against density-functional theory, on the shared random frames of MPtrj and Alexandria; CPU time per atom.

    CRYSVCD_DATA=FOLDER OMP_NUM_THREADS=1 python benchmarks/potential_accuracy.py [--n 400] [--only NAME…] [--scores]

The frames: the first N of a fixed shuffle (seed 0) of each file, of those with at most 60 atoms whose elements all potentials know; the same for every potential. Every frame's result is kept at once in
benchmarks/runs/potential_accuracy/NAME-VERSION.jsonl, and a run goes on where it stopped; `--scores` only counts what is there. Writes benchmarks/results/potential_accuracy.json (scores with 95% intervals:
bootstrap over frames; seconds are CPU time of a warm potential on one thread) and potential_accuracy.npz (the points of the plots: every energy, every stress, 3,000 force components of each file).

Signs and units, checked on the potentials trained on these very data: energies are raw PBE(+U) (so CHGNet, whose training energies carry the MP2020 corrections, is compared with the frame's energy plus its
correction), stress is ASE's (positive: the cell wants to shrink), not VASP's.
"""
import argparse, json, os, time, warnings
from pathlib import Path
import ase.io
import numpy as np
import torch
from ase.build import bulk
from ase.units import GPa
from crysvcd.data import VALID_ELEMENTS, CrysVCDError
from crysvcd.hull import mp2020_correction
from crysvcd.metrics import wilson
from crysvcd.potential import KNOWN, potential, usable
from crysvcd.structure import as_structure
from crysvcd.training import replacing

FOLDER, RUNS = Path(__file__).parent / "results", Path(__file__).parent / "runs/potential_accuracy"
SOURCES, MOST, SEED = ("mptrj", "alexandria"), 60, 0
POTENTIALS = ("chgnet", "nequix-mp-1", "nequix-mp-1-pft", "nequix-oam-1", "nequix-oam-1-pft", "mattersim-1m", "mattersim-5m")
FELT, HUGE, ENOUGH = 0.05, 5.0, 100 # eV/Å: slope and angle are asked of atoms with a force between, if there are so many
EDGES = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0) # eV/Å: of the slope by size of the force
SIZES = ((1, 4), (5, 10), (11, 20), (21, 40), (41, 60)) # atoms
MPTRJ, BOTH = {"mptrj": "training", "alexandria": "not seen"}, {"mptrj": "training", "alexandria": "training set"}
SEEN = {"chgnet": MPTRJ, "nequix-mp-1": MPTRJ, "nequix-mp-1-pft": MPTRJ, "nequix-oam-1": BOTH, "nequix-oam-1-pft": BOTH} # by the authors' model cards; see the notebook for what that means


def frames(source: str, n: int) -> list:
    "The first n of a fixed shuffle, with their place in the file; `info` holds the MP2020 correction in eV"
    every = ase.io.read(Path(os.environ["CRYSVCD_DATA"]) / f"{source}-random-1k.xyz.gz", ":")
    fit = [i for i in np.random.default_rng(SEED).permutation(len(every)) if len(every[i]) <= MOST and set(every[i].numbers) <= KNOWN]
    for i in fit[:n]: every[i].info["correction"] = mp2020_correction(as_structure(every[i]))
    return [(int(i), every[i]) for i in fit[:n]]


def judged(pot, a) -> dict:
    "One frame's results; CPU seconds with forces and stress, and of the energy alone"
    t = time.process_time(); r = pot.evaluate([a])[0]
    t, e = time.process_time() - t, time.process_time(); alone = pot.evaluate([a], False)[0]["energy"]
    return {"energy": r["energy"], "forces": np.round(r["forces"], 5).tolist(), "stress": np.round(r["stress"], 7).tolist(), "seconds": round(t, 4), "energy alone": alone, "seconds of the energy": round(time.process_time() - e, 4)}


def measure(name: str, asked: dict):
    "Results of all frames, a line each, as they come"
    pot, file = potential(name), RUNS / f"{name}-{potential(name).version}.jsonl"
    done, todo = read(file), [(s, i, a) for s, fs in asked.items() for i, a in fs]
    todo = [x for x in todo if f"{x[0]} {x[1]}" not in done]
    if todo: pot.evaluate([bulk("NaCl", "rocksalt", 5.6)]); print(name, len(done), "done,", len(todo), "to do", flush=True) # warm
    with open(file, "a") as f:
        for s, i, a in todo:
            try: r = judged(pot, a)
            except (CrysVCDError, ValueError, RuntimeError) as e: r = {"reason": f"{type(e).__name__}: {e}"[:200]}
            f.write(json.dumps({"frame": f"{s} {i}"} | r) + "\n"); f.flush()


def read(file: Path) -> dict:
    "frame → result; a line that a killed run left unfinished does not count"
    found = {}
    for line in file.read_text().splitlines() if file.exists() else []:
        try: r = json.loads(line); found[r["frame"]] = r
        except json.JSONDecodeError: pass
    return found


def boot(statistic, n: int, times: int = 2000) -> list:
    "95% interval of a statistic of frames, by resampling them: `statistic(weights)` with weights (times, n)"
    draws = np.random.default_rng(1).multinomial(n, np.full(n, 1 / n), size=times).astype(float)
    return [float(x) for x in np.percentile(statistic(draws), [2.5, 97.5])]


def ratio(top, below) -> dict:
    "Σ top / Σ below, both a value a frame: a mean over atoms, or a slope"
    top, below = np.asarray(top, float), np.asarray(below, float)
    return {"value": float(top.sum() / below.sum()), "95%": boot(lambda w: (w @ top) / np.maximum(w @ below, 1e-12), len(top))}


def fitted(fs: list, error: np.ndarray, folds: int = 10) -> np.ndarray:
    "The errors that are left after a share for each element, learned on the other nine tenths of the frames"
    x = np.stack([np.bincount(a.numbers, minlength=119) / len(a) for _, a in fs]); fold = np.random.default_rng(2).permutation(len(fs)) % folds
    fit = lambda k: np.linalg.solve(x[fold != k].T @ x[fold != k] + np.eye(119), x[fold != k].T @ error[fold != k])
    return error - np.concatenate([x[[i]] @ fit(fold[i]) for i in range(len(fs))])


def energy_scores(fs: list, e: np.ndarray) -> dict:
    "meV/atom"
    plain = lambda e: {"frames": len(e), "mae": ratio(np.abs(e), np.ones(len(e))), "median": float(np.median(np.abs(e))), "90% below": float(np.percentile(np.abs(e), 90)), "bias": ratio(e, np.ones(len(e))),
                       "within 100": {"share": float((np.abs(e) < 100).mean()), "95%": wilson(int((np.abs(e) < 100).sum()), len(e))}}
    ours = np.array([set(a.symbols) <= set(VALID_ELEMENTS) for _, a in fs])
    return plain(e) | {"mae without its mean": float(np.abs(e - e.mean()).mean()), "mae after a fit of the elements": ratio(np.abs(fitted(fs, e)), np.ones(len(e))), "of the vocabulary's elements": plain(e[ours])}


def force_scores(truth: list, made: list) -> dict:
    "meV/Å, and for atoms that feel a force: the angle's cosine and the slope of the parity plot"
    t, p = np.concatenate(truth), np.concatenate(made); frame = np.repeat(np.arange(len(truth)), [len(x) for x in truth]); size = np.linalg.norm(t, axis=1)
    sums = lambda x, least=0.0, most=np.inf: np.bincount(frame, x * ((size >= least) & (size < most)), len(truth))
    dot, square, one = (p * t).sum(1), size**2, np.ones(len(t)); cosine = dot / np.maximum(size * np.linalg.norm(p, axis=1), 1e-12)
    mean = lambda top, below, a=FELT, b=HUGE: ratio(sums(top, a, b), sums(below, a, b)) | {"atoms": int(sums(one, a, b).sum())}
    out = {"mae": mean(1000 * np.abs(p - t).mean(1), one, 0.0, np.inf), "of nothing": float(1000 * np.abs(t).mean())}
    if sums(one, FELT, HUGE).sum() < ENOUGH: return out
    return out | {"cosine": mean(cosine, one), "slope": mean(dot, square), "slopes": [{"from": a, "to": b} | mean(dot, square, a, b) for a, b in zip(EDGES, EDGES[1:])]}


def stress_scores(truth: np.ndarray, made: np.ndarray) -> dict:
    "GPa, six components"
    d = np.abs(made - truth) / GPa
    return {"mae": ratio(d.mean(1), np.ones(len(d))), "median": float(np.median(d)), "of nothing": float(np.abs(truth).mean() / GPa), "slope": ratio((made * truth).sum(1), (truth**2).sum(1))}


def six(s) -> np.ndarray: return np.asarray(s)[[0, 1, 2, 1, 0, 0], [0, 1, 2, 2, 2, 1]] # ASE's order


def compared(pot, fs: list, results: list) -> tuple:
    "Frames that could be computed: energy error (meV/atom), forces and stress of both"
    e = np.array([1000 * (r["energy"] - a.get_potential_energy() - (0.0 if pot.corrections else a.info["correction"])) / len(a) for (_, a), r in zip(fs, results)])
    return e, [a.get_forces() for _, a in fs], [np.array(r["forces"]) for r in results], np.array([a.get_stress() for _, a in fs]), np.array([six(r["stress"]) for r in results])


def speed(fs: list, results: list) -> dict:
    "CPU milliseconds an atom"
    n, full, bare = np.array([len(a) for _, a in fs]), np.array([r["seconds"] for r in results]), np.array([r["seconds of the energy"] for r in results])
    part = lambda k: {"crystals": int(k.sum()), "atoms": float(n[k].mean()), "with forces": ratio(1000 * full[k], n[k]), "energy alone": ratio(1000 * bare[k], n[k])}
    return part(n > 0) | {"by size": [{"from": a, "to": b} | part((n >= a) & (n <= b)) for a, b in SIZES]}


def scored(name: str, asked: dict) -> tuple:
    "(scores, points of the plots)"
    pot, found = potential(name), read(RUNS / f"{name}-{potential(name).version}.jsonl"); out, points, timed = {}, {}, ([], [])
    for s, fs in asked.items():
        kept = [(f, found[f"{s} {f[0]}"]) for f in fs if "energy" in found[f"{s} {f[0]}"]]; ok, rs = [f for f, _ in kept], [r for _, r in kept]
        e, tf, pf, ts, ps = compared(pot, ok, rs)
        out[s] = {"seen": SEEN.get(name, {}).get(s, "not known"), "frames": len(ok), "refused": [found[f"{s} {i}"]["reason"] for i, _ in fs if "energy" not in found[f"{s} {i}"]],
                  "energy": energy_scores(ok, e), "forces": force_scores(tf, pf), "stress": stress_scores(ts, ps)}
        places = np.isin([i for i, _ in fs], [i for i, _ in ok]); lay = lambda x, p=places: np.where(p.reshape(-1, *[1] * (x.ndim - 1)), np.zeros((len(p), *x.shape[1:])), np.nan)
        whole, stress = lay(e), lay(ps); whole[places], stress[places] = e, ps
        flat = dict(zip((i for i, _ in ok), pf)); forces = np.concatenate([flat.get(i, np.full((len(a), 3), np.nan)) for i, a in fs]).ravel()[chosen(fs)]
        points |= {f"{s}/{name}/energy": whole.astype(np.float32), f"{s}/{name}/stress": (stress / GPa).astype(np.float32), f"{s}/{name}/forces": forces.astype(np.float32)}
        timed[0].extend(ok); timed[1].extend(rs)
    return {"version": pot.version, "corrections": pot.corrections, "speed": speed(*timed)} | out, points


def chosen(fs: list, most: int = 3000) -> np.ndarray: # places among all force components
    return np.sort(np.random.default_rng(3).permutation(3 * sum(len(a) for _, a in fs))[:most])


def truth(s: str, fs: list) -> dict:
    "The frames' own values: energy and MP2020 correction (eV/atom), stress (GPa), forces (eV/Å)"
    n, fix = np.array([len(a) for _, a in fs]), np.array([a.info["correction"] for _, a in fs])
    return {f"{s}/frame": np.array([i for i, _ in fs], np.int16), f"{s}/atoms": n.astype(np.int16), f"{s}/energy": np.array([a.get_potential_energy() for _, a in fs]) / n, f"{s}/correction": (fix / n).astype(np.float32),
            f"{s}/stress": (np.array([a.get_stress() for _, a in fs]) / GPa).astype(np.float32), f"{s}/forces": np.concatenate([a.get_forces() for _, a in fs]).ravel()[chosen(fs)].astype(np.float32)}


if __name__ == "__main__":
    p = argparse.ArgumentParser(); p.add_argument("--n", type=int, default=400); p.add_argument("--only", nargs="*"); p.add_argument("--scores", action="store_true"); a = p.parse_args()
    torch.set_num_threads(1); warnings.filterwarnings("ignore"); RUNS.mkdir(parents=True, exist_ok=True)
    asked, here = {s: frames(s, a.n) for s in SOURCES}, [n for n in POTENTIALS if not usable(n)]
    for name in [] if a.scores else a.only or here: measure(name, asked)
    out, points = {"seed": SEED, "most atoms": MOST, "frames": {s: len(fs) for s, fs in asked.items()}, "missing": [n for n in POTENTIALS if usable(n)], "potentials": {}}, {k: v for s, fs in asked.items() for k, v in truth(s, fs).items()}
    for name in here:
        if any(f"{s} {i}" not in read(RUNS / f"{name}-{potential(name).version}.jsonl") for s, fs in asked.items() for i, _ in fs): print(name, "is not complete: left out"); continue
        out["potentials"][name], new = scored(name, asked); points |= new
        for s in SOURCES: print(name, s, {k: {q: v["value"] for q, v in out["potentials"][name][s][k].items() if isinstance(v, dict) and "value" in v} for k in ("energy", "forces", "stress")}, flush=True)
    (FOLDER / "potential_accuracy.json").write_text(json.dumps(out) + "\n")
    with replacing(FOLDER / "potential_accuracy.npz") as tmp, open(tmp, "wb") as f: np.savez_compressed(f, **points)
