"""The campaign for stability with the shipped models: does asking for low energies above hull pay, against fine-tuning without labels and against no fine-tuning; does it with a second potential; and for phonons?

    CRYSVCD_DATA=FOLDER python benchmarks/campaign.py RUN [restore] [run] [verify] [phonons] [second] [asked] [weight] [others] [stages] [speed] [write] [--rounds 1] [--arms conditional,unconditional] [--max-doubt 0.5] [--n 150] [--skip 0] [--only round-1/conditional …]

RUN is a folder; killed, the same command goes on. One thread of a two-core machine needs for 500 crystals about 20 minutes (run, others: CHGNet) or 35 (verify: nequix-oam-1), and an hour for the phonons of 120.

restore  what the committed results say of the rounds before, so that the next one can follow
run      `Campaign`: 500 crystals an arm, judged by CHGNet (largest force 0.05 eV/Å); round 0 are the shipped models as they are
verify   the relaxed crystals of each finished leg, relaxed once more by nequix-oam-1, which no model has learned from
phonons  of the first crystals of a leg (not only the stable ones), by nequix-oam-1-pft after relaxation by nequix-oam-1
second   the phonons of the first n of each leg of --only that has some, by nequix-mp-1-pft (other training data), after relaxation by it → campaign_phonons2.csv
asked    the shipped models (those of round 1), asked for six energies above hull at weights 2 and 6, by CHGNet
weight   a hundred crystals of another seed at weight 4, by CHGNet: why the weight was raised from the paper's 2 to 6
others   judged by CHGNet like the campaign's: crystals of the training data, and crystals of sentences of the paper's formula network as they come, balanced or not
stages   each stage asked alone, by CHGNet (then verify --only round-1/formulas round-1/structures)
speed    two Dask workers against one process, on a machine with two idle cores
write    benchmarks/results/campaign.csv.gz (a row a crystal), campaign.json, campaign_found.json (crystals new and on the hull by both potentials), campaign_frequencies.csv (share of each leg's phonon frequencies in bins), campaign_crystals.extxyz.gz (all, as CHGNet relaxed them)
"""
import argparse, gzip, json, time
from collections import Counter
from dataclasses import asdict
from itertools import zip_longest
from pathlib import Path
import numpy as np
import pandas as pd
from ase.io import read as ase_read, write as ase_write
from pymatgen.core import Composition, Structure
from crysvcd import __version__
from crysvcd.campaign import Campaign, CampaignConfig, Leg, hull_lessons
from crysvcd.data import CrysVCDError, load_crystals, split_by_formula
from crysvcd.evaluation import COLUMNS, Item, Settings, _named, evaluate, phonon_partner
from crysvcd.formula import _refusal, load_formula, sample_tokens
from crysvcd.generate import CrysVCD
from crysvcd.guidance import STABLE_WEIGHTS, ask, stable
from crysvcd.phonons import exact_points, frequencies, phonon_stability
from crysvcd.potential import potential
from crysvcd.retrieval import RetrievalGenerator
from crysvcd.store import Store, complete, result_key
from crysvcd.structure import as_structure, crystal_seeds
from crysvcd.training import replacing, step_generator

OUT = Path(__file__).parent / "results"
ASKED, WEIGHTS = (0.0, 0.05, 0.1, 0.2, 0.3, 0.45), (2.0, 6.0) # eV/atom
JUDGED = ["chgnet", "nequix"] # columns of energies above the hull
CHGNET, NEQUIX = dict(pot="chgnet", fmax=0.05), dict(pot="nequix-oam-1", fmax=0.05)


def campaign(a): return Campaign(CampaignConfig(crystals=500, weight=6.0, rounds=a.rounds, arms=a.arms.split(","), judge=CHGNET, max_doubt=a.max_doubt), a.run)


def committed(): # id → relaxed crystal
    with gzip.open(OUT / "campaign_crystals.extxyz.gz", "rt") as f: return {a.info["id"]: a for a in ase_read(f, ":", format="extxyz")}


def restore(c):
    "The legs of the rounds before, from the committed results, for the next round: energies to 0.1 meV/atom and cells to a CIF's digits"
    old, known = read(OUT / "campaign.csv.gz"), committed()
    for (k, arm), t in old[old["round"] < c.c.rounds].groupby(["round", "arm"]):
        if k == 0 and arm != "base" or (folder := c.folder / Leg(k, arm).name) and (folder / "results.csv").exists(): continue
        (folder / "relaxed").mkdir(parents=True, exist_ok=True)
        for i in t.id[t.id.isin(known)]: (folder / "relaxed" / f"{i}.cif").write_text(as_structure(known[i]).to(fmt="cif"))
        t.assign(e_above_hull=t.chgnet, potential=_named("chgnet")).drop(columns=["round", "arm"]).reindex(columns=[*COLUMNS, *JUDGED, "doubt"]).to_csv(folder / "results.csv", index=False)


def legs(c, only=None): # finished ones
    known = [Leg(r, arm) for r in range(9) for arm in ("base", "conditional", "unconditional", "formulas", "structures") if (c.folder / Leg(r, arm).name / "results.csv").exists()]
    return [l for l in known if not only or l.name in only]


def relaxed(c, leg, n=None, skip=0): return [str(f) for f in sorted((c.folder / leg.name / "relaxed").glob("*.cif"))[skip:n]]


def verify(c, leg): return evaluate(relaxed(c, leg), Settings(**NEQUIX), out=c.folder / "verify" / leg.name, store=c.folder / "verify.db")


def phonons(c, leg, n, skip):
    "Verdicts, and the frequencies at all wave vectors that fit into the supercell"
    out, db = c.folder / "phonons" / leg.name, Store(c.folder / "verify.db")
    t = evaluate(relaxed(c, leg, n, skip), Settings(**NEQUIX, phonons=True), out=out, store=db)
    found = {i: db.get(result_key("phonons", s, phonon_partner(NEQUIX["pot"]), complete(phonon_stability, {}))) for i, s in t.attrs["structures"].items()}
    np.savez_compressed(out / "frequencies.npz", **{i: frequencies(p := r.phonopy, exact_points(p)).astype(np.float16) for i, r in found.items() if r is not None and r.force_constants is not None})
    return t


def second(c, some, n, skip, pot="nequix-mp-1-pft"):
    "By another potential, the legs in turn, so that time may end it; after relaxation by nequix-oam-1 (part phonons)"
    f, store, known = OUT / "campaign_phonons2.csv", Store(c.folder / "second.db"), lambda: read(f) if f.exists() else pd.DataFrame(columns=["id"])
    each = [[(l, c.folder / "phonons" / l.name / "relaxed" / Path(p).name) for p in relaxed(c, l, n, skip)] for l in some]
    for l, p in (x for together in zip_longest(*each) for x in together if x):
        if p.stem in set(known().id) or not p.exists(): continue
        try: r = store.once("phonons", phonon_stability, str(p), pot); row = {"phonon_stable": r.stable, "min_frequency": r.min_frequency, "reason": r.reason, "seconds": r.seconds}
        except CrysVCDError as e: row = {"reason": str(e)}
        print(row := {"id": p.stem, "leg": l.name, "potential": pot} | row, flush=True)
        with replacing(f) as tmp: pd.concat([known(), pd.DataFrame([row])], ignore_index=True).round(3).to_csv(tmp, index=False)


def asked(c, weight, n=60):
    out = []
    for e in ASKED:
        folder = c.folder / f"asked-{weight:g}" / f"{e:g}"
        stable(e, weight).generate(n, seed=5, out=folder / "crystals", progress=False)
        t = evaluate(str(folder / "crystals"), Settings(**CHGNET), out=folder, store=c.folder / "asked.db")
        out.append(t[["id", "formula", "e_above_hull", "novel", "unique"]].assign(asked=e, weight=weight)); print(weight, e, t.e_above_hull.median(), flush=True)
    return pd.concat(out, ignore_index=True)


def weight(c, w=4.0, n=100): # crystals of another seed, formulas asked alone: how much exaggeration is worth it?
    folder = c.folder / f"try-{w:g}"
    made = ask({"e_above_hull": "<= 0.05"}, {"ionic": STABLE_WEIGHTS["ionic"]}, None, w, prior=True).generate(300, seed=77, out=folder / "crystals", progress=False)[:n]
    e = evaluate(made, Settings(**CHGNET), store=c.folder / "try.db").e_above_hull
    return {"weight": w, "crystals": n, "at most 0.1": int((e <= 0.1).sum())}


def of_data(n=200):
    t = split_by_formula(load_crystals(max_atoms=20))["train"]
    return [Item(str(t.id[i]), t[int(i)]) for i in np.random.default_rng(0).choice(len(t), n, replace=False)]


def unconstrained(n=300, name="formula-ionic-paper"):
    "Sentences as they come: only what names no two elements, or is too large, is left out"
    m, cells = load_formula(name), []
    for k in range(99):
        for t, x, _ in zip(*(y.tolist() for y in sample_tokens(m, 256, step_generator(0, k)))):
            words, cell = [(m.species[i], j) for i, j in zip(t, x) if i < m.embed.start], Counter()
            for s, j in words: cell[s.element] += j
            if m.embed.end in t and m.embed.start not in t[1:] and all(j for _, j in words) and len(cell) > 1 and sum(cell.values()) <= 20: cells.append((dict(cell), not isinstance(_refusal(m, t, x, 20), str)))
    made = CrysVCD.from_pretrained().structures.sample([z for z, _ in cells[:n]], crystal_seeds(0, n))
    return [Item(f"u{i:04d}{'b' if balanced else ''}", s) for i, (s, (_, balanced)) in enumerate(zip(made, cells))]


def others(c):
    for name, make in (("unconstrained", unconstrained), ("data", of_data)): t = evaluate(make(), Settings(**CHGNET), out=c.folder / "others" / name, store=c.folder / "others.db"); print(name, (t.e_above_hull <= 0.1).mean(), flush=True)


def stages(c):
    "Each stage asked alone: the formulas of round 0 with asked structures, and those of round 1 with structures as ever. What comes out as it was has its verdict already"
    plain, both, old = CrysVCD.from_pretrained(), stable(weight=c.c.weight), read(OUT / "campaign.csv.gz").set_index("id")
    for name, first, second, leg in (("structures", plain, both, Leg(0, "base")), ("formulas", both, plain, Leg(1, "conditional"))):
        made = first.generate(c.c.crystals, seed=leg.seed(c.c.seed), progress=False); ids = [f"{leg.round}-{leg.arm}-{i:04d}" for i in range(len(made))]
        assert sum(x.structure.composition.reduced_formula == f for x, f in zip(made, old.formula[ids])) > 0.97 * len(made) # other machines round otherwise
        other = second.structures.sample([x.assignment.composition for x in made], [x.seed for x in made])
        items = {i: Item(f"1-{name}-{i:04d}", s) for i, (x, s) in enumerate(zip(made, other)) if not alike(x.structure, s)}
        t = evaluate(list(items.values()), Settings(**CHGNET), out=c.folder / f"round-1/{name}", store=c.folder / "stages.db")
        rest = old.loc[[ids[i] for i in range(len(made)) if i not in items]].reset_index(); rest["id"] = [f"1-{name}-{k[-4:]}" for k in rest.id]
        pd.concat([t, rest.assign(e_above_hull=rest.chgnet)]).assign(unique=np.nan).drop(columns=["round", "arm"]).to_csv(c.folder / f"round-1/{name}/results.csv", index=False); print(name, len(items), "of", len(made), "are others", flush=True)


def alike(a, b): return len(a) == len(b) and a.species == b.species and np.allclose(a.lattice.matrix, b.lattice.matrix, atol=1e-3) and np.allclose(a.frac_coords, b.frac_coords, atol=1e-3)


def speed(c, n=160):
    "The first crystals of round 0, judged anew by one process and by two Dask workers"
    made, out = CrysVCD.from_pretrained().generate(n, seed=Leg(0, "base").seed(c.c.seed), progress=False), {"crystals": n}; c.hull, c.reference, potential("chgnet").calculator
    for w in (1, 2): t = time.perf_counter(); evaluate(made, Settings(**CHGNET), hull=c.hull, reference=c.reference, workers=w, progress=False); out[f"{w} workers (s)"] = round(time.perf_counter() - t, 1)
    return out | {"times": round(out["1 workers (s)"] / out["2 workers (s)"], 2)}


def read(f): return pd.read_csv(f, dtype={"id": str, "formula": str}, keep_default_na=False, na_values=[""])


def table(c) -> pd.DataFrame: # a row a crystal
    keep, rows = ["id", "formula", "n_atoms", "spacegroup", "status", "chgnet", "nequix", "unique", "novel", "phonon_stable", "min_frequency", "doubt", "round", "arm"], []
    for l in legs(c):
        t = read(c.folder / l.name / "results.csv").assign(round=l.round, arm=l.arm); t["chgnet"] = t.e_above_hull
        for what, column, name in (("verify", "e_above_hull", "nequix"), ("phonons", "phonon_stable", "phonon_stable"), ("phonons", "min_frequency", "min_frequency")):
            if (f := c.folder / what / l.name / "results.csv").exists(): t[name] = t.id.map(read(f).set_index("id")[column]).combine_first(t.get(name, pd.Series(np.nan, t.index)))
        rows.append(t)
    for f in sorted(c.folder.glob("others/*/results.csv")): rows.append(read(f).rename(columns={"e_above_hull": "chgnet"}).assign(round=0, arm=f.parent.name))
    made = pd.concat(rows, ignore_index=True).reindex(columns=keep); old = read(OUT / "campaign.csv.gz").reindex(columns=keep)
    same = ["id", "formula", "n_atoms"]; made = made.set_index(same).combine_first(old.set_index(same).loc[lambda x: x.index.isin(made.set_index(same).index)]).reset_index() # what was measured before of the same crystals
    t = pd.concat([made, old[~old.id.isin(made.id)]], ignore_index=True).sort_values(["round", "arm", "id"], ignore_index=True)[keep]
    g = RetrievalGenerator.from_pretrained(); t["doubt"] = [x if x == x else g.doubt(k) for x, k in zip(t.doubt, contents(t))]
    return t.round({"chgnet": 4, "nequix": 4, "min_frequency": 3, "doubt": 4})


def contents(t): # of cells
    return [(k := Composition(f)) * (n / k.num_atoms) for f, n in zip(t.formula, t.n_atoms)]


def best(c, t, n=24): # new, on the hull by both potentials, the lowest first
    t = t[t.arm.eq("conditional") & t.novel.eq(True) & t.unique.eq(True) & (t.nequix <= 0) & (t.chgnet <= 0)].sort_values("nequix").drop_duplicates("formula")
    cif = lambda r: Structure.from_file(c.folder / f"round-{r.round}" / r.arm / "relaxed" / f"{r.id}.cif").to(fmt="cif")
    t = t[[(c.folder / f"round-{r.round}" / r.arm / "generated.csv").exists() for r in t.itertuples()]]
    t = t.head(n); made = {l: read(c.folder / l / "generated.csv").merge(read(c.folder / l / "crystals/crystals.csv"), left_on="made_as", right_on="id").set_index("id_x").species for l in {f"round-{r}/conditional" for r in t["round"]}}
    return [{"id": r.id, "formula": r.formula, "species": made[f"round-{r.round}/conditional"][r.id], "spacegroup": r.spacegroup, "chgnet": r.chgnet, "nequix": r.nequix, "cif": cif(r)} for r in t.itertuples()]


THZ = np.arange(-12.125, 40.2, 0.25) # what lies beyond is counted in the bins at the ends


def spectrum(c): # share of a crystal's frequencies in each bin, mean over the crystals of a leg
    share = lambda x: np.histogram(x.clip(-12, 40), THZ)[0] / x.size
    return pd.DataFrame({"THz": THZ[:-1] + 0.125} | {l.name: np.mean([share(x) for x in np.load(f).values()], 0).round(6) for l in legs(c) if (f := c.folder / "phonons" / l.name / "frequencies.npz").exists()})


def frames(c): # all relaxed crystals, as ASE's atoms
    mine = {i: s for l in legs(c) for i, s in c.structures(l).items()}; old = {i: a for i, a in committed().items() if i not in mine}
    for i in sorted({*mine, *old}): a = old[i] if i in old else mine[i].to_ase_atoms(msonable=False); a.info, a.calc = {"id": i}, None; yield a


if __name__ == "__main__":
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("run", type=Path); p.add_argument("parts", nargs="*", default=["run", "write"]); p.add_argument("--rounds", type=int, default=1); p.add_argument("--arms", default="conditional,unconditional")
    p.add_argument("--max-doubt", type=float, help="of the structure model, see CrysVCD.generate")
    p.add_argument("--only", nargs="*"); p.add_argument("--n", type=int, default=150, help="crystals of a leg for phonons"); p.add_argument("--skip", type=int, default=0, help="so many of them have been asked in an earlier run: campaign.csv.gz has their verdicts"); a = p.parse_args(); c = campaign(a)
    if "restore" in a.parts: restore(c)
    if "run" in a.parts: print(c.run().round(3).to_string(index=False))
    for l in legs(c, a.only):
        if "verify" in a.parts: t = verify(c, l); print(l.name, "nequix", (t.e_above_hull <= 0.1).mean(), flush=True)
        if "phonons" in a.parts: t = phonons(c, l, a.n, a.skip); print(l.name, "phonons", t.phonon_stable.value_counts().to_dict(), flush=True)
    if "second" in a.parts: second(c, [l for l in legs(c, a.only) if (c.folder / "phonons" / l.name).exists()], a.n, a.skip)
    for w in WEIGHTS if "asked" in a.parts else ():
        new, old = asked(c, w), read(OUT / "campaign_asked.csv"); pd.concat([new, old[old.weight != w]]).round(4).to_csv(OUT / "campaign_asked.csv", index=False)
    if "others" in a.parts: others(c)
    if "stages" in a.parts: stages(c)
    if "weight" in a.parts: (OUT / "campaign_weight.json").write_text(json.dumps(weight(c)) + "\n")
    if "speed" in a.parts: (OUT / "campaign_speed.json").write_text(json.dumps(speed(c)) + "\n")
    if "write" in a.parts:
        t = table(c); t.to_csv(OUT / "campaign.csv.gz", index=False); hours = {k: round(s / 3600, 4) for k, (s, _) in c.clock.items()}
        about = {"crysvcd": __version__, "config": asdict(c.c), "hours": hours, "share of keeping books": round(hours["keeping books"] / sum(hours.values()), 4)}
        old = json.loads(f.read_text()) if (f := OUT / "campaign.json").exists() else {} # rounds may be run one by one (restore)
        f.write_text(json.dumps(old | ({"hull formulas": len(hull_lessons(c.hull, load_formula())[0])} if c.c.rounds == 1 else {}) | {f"round {c.c.rounds}": about}, indent=1) + "\n")
        found = best(c, t); found += [x for x in (json.loads((OUT / "campaign_found.json").read_text()) if c.c.rounds > 1 else ()) if x["formula"] not in {y["formula"] for y in found}] # the rounds before
        (OUT / "campaign_found.json").write_text(json.dumps(sorted(found, key=lambda x: x["nequix"])[:24], indent=1) + "\n")
        if not a.skip and len((f := spectrum(c)).columns) > 1: f.to_csv(OUT / "campaign_frequencies.csv", index=False)
        some = list(frames(c))
        with gzip.open(OUT / "campaign_crystals.extxyz.gz", "wt") as f: ase_write(f, some, format="extxyz")
        share = lambda x: (x <= 0.1).mean() if x.notna().any() else np.nan; print(t.groupby(["round", "arm"]).agg(n=("id", "size"), chgnet=("chgnet", share), nequix=("nequix", share))); print(hours)
