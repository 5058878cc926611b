"""High permittivity, asked for: a campaign that the surrogate judges, against crystals that were not asked for anything; and what it found.

    CRYSVCD_DATA=FOLDER OMP_NUM_THREADS=1 python benchmarks/dielectric_campaign.py springs|run|write|cosno2 … [--minutes 60] [--crystals 120] [--weight 1] [--more 800]

springs  force constants of insulators of the tables that perturbation theory has not seen, so that the surrogate can label them → runs/dielectric/springs-tables.npz
run      the campaign (room *campaign*) in runs/dielectric/campaign-WEIGHT, one for each weight of the guidance that is tried (round 0 and the models are the same): WISH, crystals of at most 12 atoms, relaxed by nequix-oam-1, ε0 and gap by the surrogate; it learns from DFPT's values, the surrogate's labels, the tables' gaps and energies above hull, and its own crystals
write    → results/dielectric_campaign.csv (a row a crystal), results/dielectric_found.json (the best finds, with nearest known crystal, interval, phonons)
cosno2   CoSnO2, kept out of all training: written how often, predicted how, ε, gap, energy above hull, phonons → results/dielectric_cosno2.json

Killed, the same command goes on.
"""
import argparse, json, time, warnings
from collections import Counter
from pathlib import Path
import numpy as np
import pandas as pd
import torch
from pymatgen.core import Structure
from dielectric import RUNS
from crysvcd.campaign import BUDGET, Campaign, CampaignConfig, Leg, fulfils
from crysvcd.data import CrysVCDError, FINDS, concat, from_structures, load_crystals, split_by_formula
from crysvcd.dielectric import load_dielectric, mean_of
from crysvcd.evaluation import Settings, evaluate
from crysvcd.novelty import truth
from crysvcd.phonons import phonon_stability
from crysvcd.prediction import predict
from crysvcd.prompt import Prompt
from crysvcd.sample import FormulaGenerator
from crysvcd.store import Store
from crysvcd.surrogate import POT, Surrogate, gamma_force_constants, register_dielectric
from crysvcd.training import replacing

OUT = Path(__file__).parent / "results"; WISH = {"log10_eps": ">= 1.4", "gap": ">= 0.5", "e_above_hull": "<= 0.1"}; SMALL = 12 # ε0 ≥ 25


def books(): # crystals of the tables that may be learned from
    return split_by_formula(load_crystals(max_e_above_hull=0.1, max_atoms=SMALL))["train"]


def springs(clock, more):
    c, seen = books(), set(load_dielectric().formula); f = RUNS / "springs-tables.npz"; known = dict(np.load(f)) if f.exists() else {}
    for i in np.random.default_rng(1).permutation(np.flatnonzero((c.props["band_gap"] > 0.3) & (c.n_atoms <= 10) & ~np.isin(c.formula, list(seen)))):
        if len(known) >= more or time.monotonic() > clock: break
        if str(c.id[i]) in known: continue
        try: known[str(c.id[i])] = gamma_force_constants(c[int(i)]).astype(np.float32)
        except CrysVCDError as e: print(c.formula[i], e)
        if len(known) % 25 == 0: keep(f, known); print(len(known), flush=True)
    keep(f, known)


def keep(f, known):
    with replacing(f) as tmp, open(tmp, "wb") as h: np.savez_compressed(h, **known)


def lessons():
    c, t, judge = books(), load_dielectric(), Surrogate.from_pretrained(); known = np.load(RUNS / "springs-tables.npz"); at = {str(i): k for k, i in enumerate(c.id)}; some = [i for i in known.files if i in at and known[i].size]
    eps = np.full(len(c), np.nan); said = judge.predict([c[at[i]] for i in some], springs=[known[i] for i in some])
    for i, d in zip(some, said): eps[at[i]] = np.nan if d is None or "push" in d.warning else np.log10(d.mean)
    t = t[[len(s) <= SMALL for s in t.structure]]; dfpt = from_structures(list(t.structure), [f"dfpt {i}" for i in t.id]); dfpt.props = {"log10_eps": np.log10(mean_of(np.stack(t.total))), "gap": t.gap.to_numpy(float), "e_above_hull": np.full(len(t), np.nan)}
    c.props = {"log10_eps": eps, "gap": c.props["band_gap"], "e_above_hull": c.props["e_above_hull"]}; print(f"{np.isfinite(eps).sum()} labels by the surrogate, {len(t)} by perturbation theory, {len(c)} gaps"); return concat([c, dfpt])


def campaign(crystals, weight) -> Campaign:
    register_dielectric(store=Store(RUNS / "campaign-springs.db"))
    c = CampaignConfig(wish=WISH, weight=weight, crystals=crystals, rounds=1, max_atoms=SMALL, labels=["log10_eps", "log10_eps_low", "gap"], judge={"pot": "nequix-oam-1", "fmax": 0.05}, formula_training={"steps": 900}, structure_training={"steps": BUDGET["retrieval"]})
    folder = RUNS / f"campaign-{weight:g}"; return Campaign(c, folder, training=None if (folder / "round-1/conditional/results.csv").exists() else lessons(), progress=False)


def write(n=6, crystals=120):
    weights = sorted(float(f.parts[-4].split("-")[1]) for f in RUNS.glob("campaign-*/round-1/conditional/results.csv")); runs = {w: campaign(crystals, w) for w in weights}; store, judge = Store(RUNS / "campaign-springs.db"), Surrogate.from_pretrained()
    t = pd.concat([c.results(l).assign(weight=w if l.round else np.nan) for k, (w, c) in enumerate(runs.items()) for l in c.done if l.round or not k], ignore_index=True); structures = {(w if l.round else None, i): s for w, c in runs.items() for l in c.done for i, s in c.structures(l).items()}; where = [(None if r.weight != r.weight else r.weight, r.id) for r in t.itertuples()]
    said = [judge.predict(structures[k], store=store) if k in structures else None for k in where]; t["log10_eps"], t["log10_eps_low"], t["gap"] = ([np.nan if d is None else f(d) for d in said] for f in (lambda d: np.log10(d.mean), lambda d: np.log10(d.interval[0]), lambda d: d.gap)); t["warning"] = ["" if d is None else d.warning for d in said]; t["fulfils"] = fulfils(WISH, t) # as the surrogate is now
    t[["round", "weight", "id", "formula", "n_atoms", "spacegroup", "status", "e_above_hull", "unique", "novel", "nearest_known", "log10_eps", "log10_eps_low", "gap", "warning", "fulfils"]].round(4).to_csv(OUT / "dielectric_campaign.csv", index=False)
    best = t[(t.e_above_hull <= 0.1) & (t.gap >= 0.5) & (truth(t, "unique") == True) & (truth(t, "novel") == True)].sort_values("log10_eps_low", ascending=False).drop_duplicates("formula").head(n); found = [] # noqa: E712
    for r in best.itertuples():
        k = None if r.weight != r.weight else r.weight; s = structures[k, r.id]; d = judge.predict(s, store=store); row = {"id": r.id, "weight": k, "formula": r.formula, "spacegroup": r.spacegroup, "e_above_hull": round(float(r.e_above_hull), 4), "nearest_known": str(r.nearest_known), "eps_total": np.round(d.eps_total, 3).tolist(), "eps_electronic": np.round(d.eps_electronic, 3).tolist(), "interval": [round(x, 2) for x in d.interval], "gap": round(d.gap, 2), "interval_gap": [round(x, 2) for x in d.interval_gap], "warning": d.warning, "cif": s.to(fmt="cif")}
        try: p = store.once("phonons", phonon_stability, s, POT); row |= {"phonon_stable": p.stable, "lowest": round(p.min_frequency, 3), "why": p.reason}
        except CrysVCDError as e: row |= {"phonon_stable": None, "why": str(e)}
        found.append(row); print({k: row.get(k) for k in ("formula", "interval", "gap", "phonon_stable", "e_above_hull")}, flush=True)
        with replacing(OUT / "dielectric_found.json") as tmp: tmp.write_text(json.dumps(found, indent=1) + "\n")


def cosno2(crystals, weight, n=50_000):
    c = campaign(crystals, weight); f = OUT / "dielectric_cosno2.json"; out = json.loads(f.read_text()) if f.exists() else {"tables": sum(q == FINDS[1] for q in load_crystals(max_e_above_hull=None, elements=None).formula)}; folder = c.path(Leg(1, "conditional")) / "models"
    models = {"plain": c.learners["base"].finetune(None, None, None), "asked": c.learners["conditional"].finetune(*c.pool(Leg(1, "conditional")), folder)}
    for arm, m in models.items():
        if arm in out: continue
        each = m.formulas["ionic"]; each = each if isinstance(each, tuple) else (each,); said = Counter(q.assignment.composition.reduced_formula for k, x in enumerate(each) for q in FormulaGenerator(x, seed=k, prompt=Prompt(system="Co-Sn-O")).sample(n // 10 // len(each)))
        out[arm] = {"formulas of Co-Sn-O": n // 10, "different": len(said), "times": said[FINDS[1]], "rank": 1 + sum(v > said[FINDS[1]] for v in said.values()) if said[FINDS[1]] else None, "most": said.most_common(10)}; print(arm, out[arm], flush=True); f.write_text(json.dumps(out, indent=1) + "\n")
    judge = Surrogate.from_pretrained(); out["structures"] = []
    for k, p in enumerate(predict("CoSnO2", z=(1, 2), k=6, progress=False), 1):
        t = evaluate([p.structure], Settings(pot="nequix-oam-1", fmax=0.02), progress=False); s = next(iter(t.attrs["structures"].values()), None); row = {"rank": k, "spacegroup": p.spacegroup, "probability": round(float(p.probability), 4), "e_above_hull": round(float(t.e_above_hull[0]), 4)}
        if s is not None: d = judge.predict(s); row |= {"relaxed": t.spacegroup[0], "eps": round(d.mean, 2), "interval": [round(x, 2) for x in d.interval], "eps_electronic": round(float(mean_of(d.eps_electronic)), 2), "gap": round(d.gap, 2), "warning": d.warning, "cif": s.to(fmt="cif")}
        out["structures"].append(row); print(row, flush=True)
        with replacing(f) as tmp: tmp.write_text(json.dumps(out, indent=1) + "\n")
    best = min((r for r in out["structures"] if "cif" in r), key=lambda r: r["e_above_hull"]); p = phonon_stability(Structure.from_str(best["cif"], fmt="cif"), POT); best |= {"phonon_stable": p.stable, "lowest": round(p.min_frequency, 3), "why": p.reason}
    with replacing(f) as tmp: tmp.write_text(json.dumps(out, indent=1) + "\n")


if __name__ == "__main__":
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter); p.add_argument("parts", nargs="+", choices=["springs", "run", "write", "cosno2"]); p.add_argument("--minutes", type=float, default=60); p.add_argument("--crystals", type=int, default=120); p.add_argument("--weight", type=float, default=1.0); p.add_argument("--more", type=int, default=800); a = p.parse_args()
    torch.set_num_threads(1); warnings.filterwarnings("ignore")
    for part in a.parts: {"springs": lambda: springs(time.monotonic() + 60 * a.minutes, a.more), "run": lambda: print(campaign(a.crystals, a.weight).run().T), "write": write, "cosno2": lambda: cosno2(a.crystals, a.weight)}[part]()
