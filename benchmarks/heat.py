"""High thermal conductivity, asked for: labels of the crystals that experts would look at, models that learn them, and what these then make.

    CRYSVCD_DATA=FOLDER OMP_NUM_THREADS=1 python benchmarks/heat.py labels|learn|make|judge|best|gec … [--minutes 60] [--n 200] [--elements 3 [--round 2]]

Killed, the same command goes on; labels, judge and best end after so many minutes. `RULES` are the experts' (`HEAT`) and no open d shell. All by nequix-oam-1-pft at 300 K; tiers as in benchmarks/conductivity.py, first looks of the pure one (`LOOK`). As it was run: for two elements `labels learn`, `make --n 400`, `judge --arms plain`, `judge --arms asked --n 400`; for three, with --elements 3, `learn`, `make --n 120 --arms plain asked`, `make --n 150 --arms covalent`, `judge` of these, `labels` (30 minutes), then with --round 2 `learn`, `make --n 150 --arms asked covalent`, `make --n 8 --arms families`, `judge` of these, `make judge --n 300 --arms plain`, `best`. How far labels and judge come depends on the machine, their tables are kept. Forces, most of the time, are computed on a GPU where there is one (all numbers here: one core of a CPU each); learning takes two minutes, scattering runs on OMP_NUM_THREADS cores.
With --elements 3 the rules allow three elements, and ternaries are made; files and folders have a 3 in their names (heat_made_asked3.csv). In round 2 the models learn from what was made and looked at in round 1, too, and make anew (heat_made_asked3-2.csv).

labels  the cheap tier for crystals of the tables that pass `RULES`, one a formula and space group, the cheapest first (of ternaries those of at most 8 atoms, those of the elements of `TETRAHEDRAL` before, since these may carry heat) → results/heat_labels.csv, heat_labels3.csv
learn   formula-ionic and structure-retrieval learn log κ, phonon stability and energy above hull from these labels, the κ of the shared phononDB binaries, and all crystals that pass `RULES` → runs/heat/formula, runs/heat/structure
make    n crystals of light elements, as a prompt can say it, by either arm: as they come, and asked for κ ≥ 100 W/m/K, phonon stability and at most 0.05 eV/atom, formulas that no known structure type fits left out of both (max_doubt 0.5) → runs/heat/plain, runs/heat/asked (--arms covalent: asked, and only of the elements of `COVALENT`; from round 2 on for more, see `BOLD`; --arms families: of each of `FAMILIES` n different formulas by each guided model, of each of these, and of twice as much of it, four crystals of at most 8 atoms)
judge   those that obey `RULES`, relaxed and weighed by nequix-oam-1, novelty; phonons of what is unique, has at most 8 atoms, and is new or at most 0.15 eV/atom above the hull (of ternaries, of which only those of at most 8 atoms are relaxed: new, not looked at in an earlier round, and at most 0.15, of the covalent arm 0.3, of families 0.1, the cheapest first), the cheap tier for what of it stands; a row for each that was made → results/heat_made_ARM.csv (--arms: one each by two processes; --n: the first so many; of families the n of make)
best    the full tier (`FULL`) and bands of the eight best of the new ones, of all arms and rounds, as natural mixtures of isotopes, and isotopically pure without coherences, tetragonal and cubic ones by the direct solution, too → results/heat_best3.json
gec     GeC, which no table has: written how often (100,000 formulas of either arm, with the prompt of make), its structures and their ranks, κ of zinc blende with the supercells and mesh of the reference binaries, of 2H by the cheap tier, natural and isotopically pure, bands → results/heat_gec.json
"""
import argparse, json, time, warnings
from collections import Counter
from dataclasses import replace
from pathlib import Path
import numpy as np
import pandas as pd
import torch
from pymatgen.core import Composition, Element, Structure
from pymatgen.symmetry.groups import SpaceGroup
from conductivity import CHEAP, PURE, crystals as phonondb, measured
from crysvcd.candidates import HEAT, sift
from crysvcd.conductivity import conductivity
from crysvcd.data import CrysVCDError, concat, from_structures, load_crystals
from crysvcd.evaluation import Settings, evaluate
from crysvcd.formula import load_formula
from crysvcd.generate import CrysVCD
from crysvcd.guidance import Property, ask, finetune_formula, finetune_structure
from crysvcd.novelty import Reference, truth
from crysvcd.phonons import bands, phonon_stability, space_group, standard_cell
from crysvcd.potential import to_atoms
from crysvcd.prediction import predict
from crysvcd.prompt import Prompt
from crysvcd.relaxation import relax
from crysvcd.sample import FormulaGenerator
from crysvcd.store import Store
from crysvcd.structure import as_structure
from crysvcd.training import TrainConfig, replacing
from crysvcd.valence import label_table

HERE = Path(__file__).parent; OUT, RUNS = HERE / "results", HERE / "runs/heat"
RULES = HEAT | {"no open d shell": lambda row: not any(3 <= e.group <= 11 for e in row.composition.elements)} # most of these conduct: electrons carry heat and stop phonons, of which no potential tells
N, ROUND = 2, 1 # elements; how often it has learned from its own crystals, and once
def rules() -> dict: return RULES if N == 2 else {k: v for k, v in RULES.items() if k != "at most two elements"} | {f"at most {N} elements": lambda row: len(row.composition) <= N}
COVALENT, TETRAHEDRAL = "B C N Al Si P As".split(), set("Be B C N Al Si P Ga Ge As".split()) # short, strong bonds: diamond, BAs, BP, SiC, BN are made of these
def chemistry(formula: str) -> set: return {e.symbol for e in Composition(formula).elements}
def own(name: str) -> str: return (name if N == 2 else f"{name}{N}") + (f"-{ROUND}" if ROUND > 1 and not {"plain", "labels"} & set(name.split("_")) else "")
SEEN = ["formula", "spacegroup", "status", "cif"]
def earlier() -> pd.DataFrame: # ternaries that the rounds before made and looked at
    t = [read(OUT / f"heat_made_{arm}3{f'-{k}' if k > 1 else ''}.csv", *SEEN) for k in range(1, ROUND) for arm in ARMS if arm != "plain"]; t = pd.concat(t or [pd.DataFrame(columns=SEEN)], ignore_index=True); return t[t.status.isin(("computed", "unstable")) & t.cif.notna()]
POT, ASKED, ARMS, DOUBT = "nequix-oam-1-pft", {"kappa": ">= 100", "phonon_stable": True, "e_above_hull": "<= 0.05"}, ("plain", "asked", "covalent", "families"), 0.5; FAMILIES = ("B P As", "Be O S Se") # what the binaries that carry heat best are made of
LOOK = CHEAP | PURE # all first looks of this study: of isotopically pure crystals, coherences left out
FULL = dict(length=15.0, cutoff=5.5, snapshots="auto", mesh=40.0) # all pairs of displacements would be thousands in crystals of so low a symmetry
BOLD = ASKED | {"kappa": ">= 200", "e_above_hull": "<= 0.2"}; NEAR, FAR, SMALL = 0.15, {"covalent": 0.3, "families": 0.1}, 8 # eV/atom above the hull; of those arms instead, of which few or many lie near it; atoms in the cell


def read(f, *columns): return pd.read_csv(f, dtype={"id": str, "formula": str}, keep_default_na=False, na_values=[""]) if f.exists() else pd.DataFrame(columns=columns)


def add(f, row): # to a table of results
    with replacing(f) as tmp: pd.concat([read(f), pd.DataFrame([row])], ignore_index=True).to_csv(tmp, index=False)
    print(row, flush=True)


class Clock:
    def __init__(self, minutes): self.end = time.monotonic() + 60 * minutes
    def check(self):
        if time.monotonic() > self.end: raise SystemExit("the minutes are used; with more it goes on")


def candidates() -> tuple: # (`Crystals`, a row a candidate: where it stands in them, its formula, primitive atoms, space group; in the order of `labels`)
    books = load_crystals(max_e_above_hull=None, elements=None); rows = []
    for i in np.flatnonzero(sift(list(books), rules()).passes):
        a = standard_cell(to_atoms(books[int(i)])); g = space_group(a); rows.append({"at": int(i), "id": str(books.id[i]), "formula": books[int(i)].composition.reduced_formula, "n_atoms": len(a), "spacegroup": g, "cost": len(a) ** 2 * (250 - int(g.split("(")[1][:-1]))})
    return books, pd.DataFrame(rows).drop_duplicates(["formula", "spacegroup"]).sort_values(["cost", "id"], ignore_index=True)


def labelled(): return pd.concat([read(OUT / f"heat_labels{k}.csv", "id", "status", "kappa") for k in ("", 3)[:N - 1]])[["id", "status", "kappa"]].drop_duplicates("id")


def labels(clock):
    books, t = candidates(); f = OUT / f"{own('heat_labels')}.csv"
    if N == 3: t = t[[len(Composition(x)) == 3 for x in t.formula]]; t = t[t.n_atoms <= SMALL].assign(last=lambda t: [not chemistry(x) <= TETRAHEDRAL for x in t.formula]).sort_values("last", kind="stable")
    for r in t[~t.id.isin(labelled().id)].itertuples(): clock.check(); add(f, {"id": r.id, "formula": r.formula, "n_atoms": r.n_atoms, "spacegroup": r.spacegroup} | measured(books[r.at], POT, LOOK))


def lessons() -> tuple: # (`Crystals`, labels): κ where there is one, energy above hull of all that pass `RULES`
    books, t = candidates(); t = t.merge(labelled(), on="id")
    db = list(phonondb()); there = {(Composition(m["name"]).reduced_formula, m["space_group"]) for m in db} # DFT knows better
    t = t[[s != "failed" and (f, int(g.split("(")[1][:-1])) not in there for s, f, g in zip(t.status, t.formula, t.spacegroup)]]; rest = np.setdiff1d(np.flatnonzero(sift(list(books), rules()).passes), t["at"]); at = np.r_[t["at"].to_numpy(), rest]
    parts = [(books[at], pd.DataFrame({"kappa": [*t.kappa, *[np.nan] * len(rest)], "phonon_stable": [*(t.status == "computed").astype(float), *[np.nan] * len(rest)], "e_above_hull": books.props["e_above_hull"][at]})),
             (from_structures([as_structure(standard_cell(m["atoms"])) for m in db]), pd.DataFrame({"kappa": [m["kappa_dft_300K_W_per_mK"] for m in db], "phonon_stable": 1.0}))]
    if len(made := earlier()): parts.append((from_structures([Structure.from_str(c, fmt="cif") for c in made.cif]), pd.DataFrame({"kappa": made.kappa, "phonon_stable": (made.status == "computed").astype(float), "e_above_hull": made.e_above_hull})))
    return concat([c for c, _ in parts]), pd.concat([t for _, t in parts], ignore_index=True)


PROPERTIES = [Property("kappa", log=True), Property("phonon_stable", "binary"), Property("e_above_hull", high=0.5)]


def learn(steps=300):
    some, table = lessons(); model = load_formula("formula-ionic"); said = label_table(some, mode=model.cfg.mode); ionic = np.flatnonzero(said.kind == "ionic")
    finetune_formula([said.species.iloc[i] for i in ionic], table.iloc[ionic].reset_index(drop=True), PROPERTIES, RUNS / own("formula"), "formula-ionic", TrainConfig(steps=steps, lr=3e-4, warmup=30, ema=0.98, seed=0))
    finetune_structure(some, table, PROPERTIES, RUNS / own("structure"), "structure-retrieval", TrainConfig(steps=steps, lr=3e-4, warmup=30, ema=0.98, seed=0))


def light(arm="asked"): # what the rules ask of formulas, as a prompt (the rest is sifted)
    return Prompt(within=arm.split() if arm in FAMILIES else COVALENT if arm == "covalent" else sorted({s.element for s in load_formula("formula-ionic").species if Element(s.element).atomic_mass <= Element("Br").atomic_mass and not 3 <= Element(s.element).group <= 11}), n_elements=N, n_atoms=(2, SMALL if arm in FAMILIES else 12))


def generator(arm) -> CrysVCD: # one composition may get different crystals
    m = CrysVCD.from_pretrained() if arm == "plain" else ask(BOLD if arm == "families" or arm == "covalent" and ROUND > 1 else ASKED, {"ionic": RUNS / own("formula")}, RUNS / own("structure"), weight=1.0, prior=True)
    return CrysVCD(m.formulas, m.structures.varied(), m.names)


def crystals(arm, n) -> list: # made, or read from where they were written
    if arm != "families": return generator(arm).generate(n, seed=7, prompt=light(arm), out=RUNS / own(arm), max_doubt=DOUBT, progress=False)
    m, made = generator(arm), []
    for family in FAMILIES: # of each n different formulas, of each formula, and of two of it in a cell, four crystals
        said = [x.assignment.composition.reduced_formula for k, g in enumerate(m.formulas["ionic"]) for x in FormulaGenerator(g, light(family), unique=True, seed=k).sample(n)]
        for cell in [c for f in dict.fromkeys(said) for z in (1, 2) if (c := Composition(f) * z).num_atoms <= SMALL]: name = cell.formula.replace(" ", ""); made += [replace(c, id=f"{name}-{c.id}") for c in m.generate(4, formula=name, seed=7, out=RUNS / own(arm) / name, progress=False)]
    return made


def make(n, arms):
    for arm in arms:
        made = crystals(arm, n); print(arm, pd.Series([c.structure.composition.reduced_formula for c in made]).value_counts().head(20).to_dict())


def judge(clock, arms, most):
    store = Store(RUNS / "results.db"); light_ones, what = Settings(pot="nequix-oam-1", fmax=0.05), ("e_above_hull", "unique", "novel", "nearest_known"); e = earlier(); seen = set(zip(e.formula, e.spacegroup)) # not twice
    for arm in arms:
        f = OUT / f"{own(f'heat_made_{arm}')}.csv"; n = most if arm == "families" else json.loads((RUNS / own(arm) / "manifest.json").read_text())["request"]["n"]; made = crystals(arm, n)[:None if arm == "families" else most]
        passes = dict(zip([c.id for c in made], sift([c.structure for c in made], rules()).passes)); t = evaluate([c for c in made if passes[c.id] and (N == 2 or len(c.structure) <= SMALL)], light_ones, out=RUNS / own(arm) / "judged", store=store); judged = t.set_index("id")
        novel, unique = ([v is True for v in truth(t, k)] for k in ("novel", "unique")); worth = set(t.id[np.array(unique) & ((np.array(novel) | (t.e_above_hull <= NEAR)) if N == 2 else np.array(novel) & (t.e_above_hull <= FAR.get(arm, NEAR)) & ~pd.Series(zip(t.formula, t.spacegroup)).isin(seen)) & (t.n_atoms <= SMALL)])
        cost = lambda c: len(c.structure) ** 2 * (250 - SpaceGroup(judged.spacegroup[c.id]).int_number) if c.id in worth else 0 # the cheapest first
        for c in sorted(made, key=cost) if N == 3 else made: # binaries in order, since the first so many of both arms are compared
            if (read(f, "id").id == c.id).any(): continue
            row = {"arm": arm, "id": c.id, "formula": c.structure.composition.reduced_formula, "passes": bool(passes[c.id])}
            if c.id in judged.index: row |= {"n_atoms": len(c.structure), "spacegroup": judged.spacegroup[c.id]} | {k: judged.loc[c.id, k] for k in what}
            if c.id in worth:
                clock.check(); s = t.attrs["structures"][c.id]
                try: stands = store.once("phonons", phonon_stability, s, POT); row |= {"phonon_stable": stands.stable, "cif": stands.structure.to(fmt="cif")} | (measured(stands.structure, POT, LOOK) if stands.stable else {"status": "unstable", "reason": stands.reason})
                except CrysVCDError as e: row |= {"status": "failed", "reason": str(e)}
            add(f, row)


def portrait(crystal): # bands, and how the crystal is written
    r = phonon_stability(crystal, POT); b = bands(r); return {"cif": r.structure.to(fmt="cif"), "spacegroup": r.space_group, "lowest": round(r.min_frequency, 3), "x": b.x.round(4).tolist(), "THz": b.frequencies.round(2).tolist(), "starts": b.starts, "ticks": b.ticks}


WAYS = {"natural": {}, "pure": PURE}


def full(crystal, direct=True, **how): # κ and its tensor in the relaxation-time approximation, and directly
    r = conductivity(crystal, POT, folder=RUNS / "forces", direct=direct, **how); of = lambda t: {"kappa": float(np.trace(t[0]) / 3), "tensor": t[0].round(2).tolist()}
    solved = (of(r.relaxation_time + (0 if r.coherences is None else r.coherences) if direct else r.tensors) | {"direct": of(r.tensors) if direct else None}) if r.status == "computed" else {"kappa": None, "tensor": None, "direct": None}
    return {"status": r.status, "reason": r.reason} | solved | {"evaluations": r.evaluations, "seconds": round(r.seconds), "supercells": r.supercells, "mesh": r.mesh}


def write(f, what):
    with replacing(f) as tmp: tmp.write_text(json.dumps(what, ensure_ascii=False) + "\n")


def best(clock, n=8):
    f = OUT / "heat_best3.json"; found = json.loads(f.read_text()) if f.exists() else []; made = [g for g in sorted(OUT.glob("heat_made_*3*.csv")) if "plain" not in g.name]
    t = pd.concat([read(g).assign(table=g.name) for g in made], ignore_index=True); t = t[t.status.eq("computed") & t.novel.astype(str).isin(("True", "1.0")) & t.cif.notna()].sort_values("kappa", ascending=False).drop_duplicates(["formula", "spacegroup"]).head(n)
    known = Reference.load()
    for r in t.itertuples():
        row = next((x for x in found if (x["formula"], x["first spacegroup"]) == (r.formula, r.spacegroup)), None); s = Structure.from_str(r.cif, fmt="cif"); group = SpaceGroup(r.spacegroup).int_number
        if row is None:
            clock.check()
            try: found.append(row := {"formula": r.formula, "first spacegroup": r.spacegroup} | {k: getattr(r, k) for k in ("table", "id", "n_atoms", "e_above_hull")} | {"nearest": list(known.nearest(s)), "first look": r.kappa} | portrait(s))
            except CrysVCDError as e: print(r.formula, r.spacegroup, e, flush=True); continue # the others go on; asked again, it is tried again
        for way in [w for w in WAYS if w not in row]:
            clock.check()
            try: row[way] = full(s, 75 <= group <= 142 or group >= 195, **FULL | WAYS[way]) # of lower symmetry the collision matrix is large
            except CrysVCDError as e: row[way] = {"status": "failed", "reason": str(e)} | dict.fromkeys(("kappa", "tensor", "direct", "evaluations", "seconds"))
            write(f, found); print(row["formula"], row["spacegroup"], way, *[row[way].get(k) for k in ("kappa", "direct", "reason", "seconds")], flush=True)


def gec(n=100_000):
    "Both polytypes, whatever the arms say of them"
    f = OUT / "heat_gec.json"; out = json.loads(f.read_text()) if f.exists() else {"tables": sum({e.symbol for e in c.composition.elements} == {"Ge", "C"} for c in load_crystals(max_e_above_hull=None, elements=None))}
    for arm in ARMS[:2] if (RUNS / own("formula")).exists() else ARMS[:1]:
        if arm in out: continue
        models = generator(arm).formulas["ionic"]; models = models if isinstance(models, tuple) else (models,)
        said = Counter(x.assignment.composition.reduced_formula for k, m in enumerate(models) for x in FormulaGenerator(m, light(), seed=k).sample(n // len(models)))
        out[arm] = {"formulas": n, "different": len(said), "times": said["GeC"], "rank": 1 + sum(v > said["GeC"] for v in said.values()) if said["GeC"] else None, "most": said.most_common(20)}; write(f, out); print(arm, out[arm], flush=True)
    reference = {m["space_group"]: dict(supercells=m["supercells"], mesh=tuple(m["q_mesh"])) for m in phonondb()}
    for z, group, number, name in ((1, "F-43m", 216, "zinc blende"), (2, "P6_3mc", 186, "2H")):
        if name in out and (out[name]["rank"] is None or WAYS.keys() <= out[name].keys()): continue
        k, c = next(((k, c) for k, c in enumerate(predict("GeC", z=z, k=20, progress=False), 1) if c.spacegroup == group), (0, None))
        if c is None: out.setdefault(name, {"rank": None}); write(f, out); continue
        if name not in out: out[name] = {"rank": k, "probability": c.probability, "energy": relax(c.structure, "nequix-oam-1").energy_per_atom, "tier": "full" if z == 1 else "first look"} | portrait(c.structure)
        for way in [w for w in WAYS if w not in out[name]]: out[name][way] = full(c.structure, **(reference[number] if z == 1 else CHEAP) | WAYS[way]); write(f, out); print(name, k, way, out[name][way]["kappa"], out[name][way]["direct"], flush=True)


if __name__ == "__main__":
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter); p.add_argument("parts", nargs="+", choices=["labels", "learn", "make", "judge", "best", "gec"]); p.add_argument("--minutes", type=float, default=60); p.add_argument("--n", type=int, default=200); p.add_argument("--elements", type=int, default=2, choices=(2, 3)); p.add_argument("--round", type=int, default=1); p.add_argument("--arms", nargs="+", default=list(ARMS[:2]), choices=ARMS); a = p.parse_args()
    if a.elements == 2 and (a.round > 1 or "best" in a.parts): p.error("--round and best go with --elements 3")
    torch.set_num_threads(1); warnings.filterwarnings("ignore"); N, ROUND = a.elements, a.round; clock = Clock(a.minutes)
    for part in a.parts: {"labels": lambda: labels(clock), "learn": learn, "make": lambda: make(a.n, a.arms), "judge": lambda: judge(clock, a.arms, a.n), "best": lambda: best(clock), "gec": gec}[part]()
