"""The campaign for stability with the shipped models: does asking for low energies above hull pay, against fine-tuning without labels and against no fine-tuning; does it with a second potential; and for phonons?

    CRYSVCD_DATA=FOLDER python benchmarks/campaign.py RUN [run] [verify] [phonons] [asked] [write] [--rounds 1] [--arms conditional,unconditional] [--only round-1/conditional …]

RUN is a folder; killed, the same command goes on. One thread of a two-core machine needs for 500 crystals: 20 minutes (run, CHGNet), 35 minutes (verify, nequix-oam-1), an hour for 60 crystals (phonons).

run      `Campaign`: 500 crystals an arm, judged by CHGNet (largest force 0.05 eV/Å); round 0 are the shipped models as they are
verify   the relaxed crystals of each finished leg once more by nequix-oam-1, which no model has learned from
phonons  of the first crystals of a leg (all of them, not only the stable ones), by nequix-oam-1-pft after relaxation by nequix-oam-1
asked    the models of the last conditional leg, asked for several energies above hull, 60 crystals each, by CHGNet
write    benchmarks/results/campaign.csv.gz (a row a crystal) and campaign.json
"""
import argparse, json
from dataclasses import asdict
from pathlib import Path
import numpy as np
import pandas as pd
from crysvcd import __version__
from crysvcd.campaign import Campaign, CampaignConfig, Leg
from crysvcd.evaluation import Settings, evaluate
from crysvcd.guidance import ask
from crysvcd.valence import label

OUT = Path(__file__).parent / "results"
ASKED = (0.0, 0.05, 0.1, 0.2, 0.3, 0.45) # eV/atom
NEQUIX = dict(pot="nequix-oam-1", fmax=0.05)


def campaign(a): return Campaign(CampaignConfig(crystals=500, rounds=a.rounds, arms=a.arms.split(","), judge={"pot": "chgnet", "fmax": 0.05}), a.run)


def legs(c, a): # finished ones
    known = [Leg(r, arm) for r in range(9) for arm in ("base", "conditional", "unconditional", "formulas", "structures") if (c.folder / Leg(r, arm).name / "results.csv").exists()]
    return [l for l in known if not a.only or l.name in a.only]


def first(c, leg, n): # of its relaxed crystals, in the order of their numbers
    return sorted((c.folder / leg.name / "relaxed").glob("*.cif"))[:n]


def verify(c, leg): return evaluate(str(c.folder / leg.name / "relaxed"), Settings(**NEQUIX), out=c.folder / "verify" / leg.name, store=c.folder / "verify.db")


def phonons(c, leg, n): return evaluate([str(f) for f in first(c, leg, n)], Settings(**NEQUIX, phonons=True), out=c.folder / "phonons" / leg.name, store=c.folder / "verify.db")


def asked(c, a, n=60):
    last = [l for l in legs(c, argparse.Namespace(only=None)) if l.arm == "conditional"][-1]; models = c.folder / last.name / "models"; out = []
    for e in ASKED:
        for w in (0.0, 2.0):
            folder = c.folder / "asked" / f"{e:g}-{w:g}"
            ask({"e_above_hull": e}, {"ionic": models / "formula-ionic"}, models / "structure", w).generate(n, seed=5, out=folder / "crystals", progress=False)
            t = evaluate(str(folder / "crystals"), Settings(pot="chgnet", fmax=0.05), out=folder, store=c.store)
            out.append(t[["id", "formula", "e_above_hull", "novel", "unique"]].assign(asked=e, weight=w)); print(e, w, t.e_above_hull.median(), flush=True)
    return pd.concat(out, ignore_index=True)


def table(c, ls) -> pd.DataFrame: # a row a crystal
    rows = []
    for l in ls:
        t = c.results(l)[["id", "round", "arm", "formula", "n_atoms", "spacegroup", "status", "e_above_hull", "unique", "novel", "decomposition"]].rename(columns={"e_above_hull": "chgnet"})
        for what, column, name in (("verify", "e_above_hull", "nequix"), ("phonons", "phonon_stable", "phonon_stable"), ("phonons", "min_frequency", "min_frequency")):
            f = c.folder / what / l.name / "results.csv"
            t[name] = t.id.map(pd.read_csv(f, dtype={"id": str}, keep_default_na=False, na_values=[""]).set_index("id")[column]) if f.exists() else np.nan
        rows.append(t)
    return pd.concat(rows, ignore_index=True).round(4)


def lengths(formulas): return [len(label(f).composition) for f in formulas]


if __name__ == "__main__":
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("run", type=Path); p.add_argument("parts", nargs="*", default=["run", "write"]); p.add_argument("--rounds", type=int, default=1); p.add_argument("--arms", default="conditional,unconditional")
    p.add_argument("--only", nargs="*"); p.add_argument("--n", type=int, default=150, help="crystals of a leg for phonons"); a = p.parse_args(); c = campaign(a)
    if "run" in a.parts: print(c.run().round(3).to_string(index=False))
    for l in legs(c, a):
        if "verify" in a.parts: t = verify(c, l); print(l.name, "nequix", (t.e_above_hull <= 0.1).mean(), flush=True)
        if "phonons" in a.parts: t = phonons(c, l, a.n); print(l.name, "phonons", t.phonon_stable.value_counts().to_dict(), flush=True)
    if "asked" in a.parts: asked(c, a).round(4).to_csv(OUT / "campaign_asked.csv", index=False)
    if "write" in a.parts:
        ls = legs(c, argparse.Namespace(only=None)); t = table(c, ls); t.to_csv(OUT / "campaign.csv.gz", index=False); hours = {k: round(s / 3600, 4) for k, (s, _) in c.clock.items()}
        (OUT / "campaign.json").write_text(json.dumps({"crysvcd": __version__, "config": asdict(c.c), "hours": hours, "share of keeping books": round(hours["keeping books"] / sum(hours.values()), 4)}, indent=1) + "\n")
        print(t.groupby(["round", "arm"]).agg(n=("chgnet", "size"), chgnet=("chgnet", lambda x: (x <= 0.1).mean()), nequix=("nequix", lambda x: (x <= 0.1).mean()))); print(hours)
