"""The table behind *hull*: one energy a composition, from the shared tables, and how far the hull of these points is off.

    CRYSVCD_DATA=FOLDER python benchmarks/hull_points.py [--rows 1000]

Needs the tables of crystals with `formation_energy_per_atom` and `e_above_hull` (MP-20, MPTS-52), `mp_formation_energies_matbench.csv.gz` and
`mp_elemental_reference_entries.json.gz`. Writes crysvcd/tables/hull.npz, crysvcd/tables/references.json and benchmarks/results/hull.json.
The two correction schemes take ten minutes for 95,000 compositions; they are kept in the cache folder and taken up again.

1. *Exact*: formation energy − energy above hull of a row is the hull's energy at its composition (MP2020 corrections).
2. *Converted*: the lowest formation energy of every composition of 2019, in the corrections of that time, becomes an MP2020 one by the difference of both schemes of pymatgen,
   then by a robust regression (least absolute deviations, reweighted) of what remains on the fractions of the elements, of U-corrected metals in oxides and fluorides and of the
   most electronegative element, fitted on the stable compositions that both tables share.
3. *Study*: rows are chosen by the hash of their formula and taken out of the regression. One at a time, a row's exact point is replaced by the converted one of its composition
   (or by nothing, where 2019 knew no such compound), the hull of its system is built, and its energy there is compared with the exact one. Beside it: the converted table without any exact row
   ("table alone"), the exact rows without the table ("rows only"), and everything but the own composition ("hidden").
"""
import argparse, gzip, json, time, warnings
from pathlib import Path
import numpy as np
import pandas as pd
from pymatgen.core import Composition
from pymatgen.entries.compatibility import MaterialsProjectCompatibility
from pymatgen.entries.computed_entries import ComputedEntry
from crysvcd.data import cache_dir, load_crystals, table_files
from crysvcd.hull import Hull, hubbards, mp2020_correction, save_points
from crysvcd.metrics import hash_order

ROOT = Path(__file__).parent.parent
TABLES, OUT = ROOT / "crysvcd/tables", ROOT / "benchmarks/results/hull.json"
U, ANIONS = "V Cr Mn Fe Co Ni W Mo".split(), "O S F Cl Br I N Se Si Sb Te H".split()
NAMES = ("converted", "table alone", "rows only", "hidden")
Z = 94


def folder(): return table_files()[0].parent


def exact_rows():
    "A row a composition: the hull's energy there, the lowest energy above hull and formation energy among the table's crystals"
    c = load_crystals(max_atoms=None, max_e_above_hull=None, elements=None)
    t = pd.DataFrame({"formula": c.formula, "e": c.props["e_above_hull"], "form": c.props["formation_energy_per_atom"]}).dropna()
    return t.assign(hull=t.form - t.e).groupby("formula").agg(hull=("hull", "median"), e=("e", "min"), spread=("hull", lambda h: h.max() - h.min()))


def energies_of_2019():
    "Lowest legacy formation energy of every reduced formula, eV/atom"
    t = pd.read_csv(folder() / "mp_formation_energies_matbench.csv.gz", keep_default_na=False).groupby("formula").target.min()
    return t.groupby({f: Composition(f).reduced_formula for f in t.index}).min().rename("old")


def schemes(formulas):
    "Corrections by both schemes, eV/atom, a row a formula"
    path = cache_dir() / "hull_schemes_2.csv"; path.parent.mkdir(parents=True, exist_ok=True)
    done = pd.read_csv(path, keep_default_na=False, na_values=[""]) if path.exists() else pd.DataFrame(columns=["formula", "new", "old"])
    todo = sorted(set(formulas) - set(done.formula))
    old = MaterialsProjectCompatibility().corrections[2:] # anions, U
    for k in range(0, len(todo), 2000):
        rows = []
        for f in todo[k:k + 2000]:
            c = Composition(f); h = hubbards(c); e = ComputedEntry(c, 0.0, parameters={"run_type": "GGA+U" if h else "GGA", "hubbards": h})
            rows.append((f, mp2020_correction(c) / c.num_atoms, sum(o.get_correction(e).nominal_value for o in old) / c.num_atoms))
        done = pd.concat([done, pd.DataFrame(rows, columns=done.columns)]); done.to_csv(path, index=False); print("schemes", len(done), flush=True)
    return done.set_index("formula").astype(float)


def features(formula):
    c = Composition(formula).fractional_composition; v = np.zeros(Z + 1 + 2 * len(U) + len(ANIONS))
    most = max(c.elements, key=lambda e: 0 if e.is_noble_gas else e.X).symbol
    for e, x in c.items():
        v[e.Z] = x
        if most in "OF" and e.symbol in U: v[Z + 1 + U.index(e.symbol) + len(U) * "OF".index(most)] = x
    if most in ANIONS: v[-len(ANIONS) + ANIONS.index(most)] = c[most]
    return v


def robust(a, y, ridge=1e-3, floor=0.004, rounds=30):
    "Least absolute deviations (beyond `floor`, eV/atom) by reweighted least squares"
    w = np.ones(len(y))
    for _ in range(rounds):
        b = np.linalg.solve((a * w[:, None]).T @ a + ridge * np.eye(a.shape[1]), (a * w[:, None]).T @ y)
        w = floor / np.maximum(np.abs(y - a @ b), floor)
    return b


def spread(r):
    r = 1000 * np.asarray(r); a = np.abs(r)
    return {"n": len(r), "mae": a.mean(), "median": np.median(a), "bias": r.mean(), "within 25 meV/atom": (a <= 25).mean(), "90%": np.quantile(a, 0.9)}


class Conversion:
    "Legacy → MP2020, fitted without the formulas held out"
    def __init__(self, t, a, held=frozenset()):
        self.t, self.a = t, a
        fit = (t.e < 1e-6) & t.old.notna() & ~t.index.isin(held); self.rows = np.flatnonzero(fit)
        self.b = robust(a[self.rows], (t.hull - t.old - t.scheme).to_numpy()[self.rows])
    def __call__(self): return self.t.old + self.t.scheme + self.a @ self.b


def points(t, converted):
    "The table: exact where a row tells, else converted; elements at 0"
    mixture = (t.e > 1e-3) & ~(converted < t.hull + 0.010) # no crystal is known that lies on the hull
    kind = np.where(t.hull.isna(), "2019", np.where(mixture, "mixture", "compound"))
    p = pd.DataFrame({"formula": t.index, "energy": t.hull.fillna(converted).to_numpy(), "kind": kind, "converted": converted.to_numpy()})
    unary = p.formula.map(lambda f: len(Composition(f)) == 1); elements = [Composition(e).reduced_formula for e in references()]
    rest = pd.DataFrame({"formula": elements, "energy": 0.0, "kind": "element", "converted": np.nan})
    return pd.concat([rest, p[~unary]], ignore_index=True).dropna(subset="energy")


def references():
    "Energy of the elements, eV/atom, uncorrected PBE"
    d = json.loads(gzip.open(folder() / "mp_elemental_reference_entries.json.gz").read())
    return {k: (v["energy"] + v["correction"]) / sum(v["composition"].values()) for k, v in sorted(d.items())}


def gathered():
    rows, old = exact_rows(), energies_of_2019(); print("compositions with two hull energies:", (rows.spread > 1e-3).sum(), "of", len(rows))
    t = rows.join(old, how="outer").drop(columns="spread"); t = t[[all(e.Z <= Z for e in Composition(f)) for f in t.index]]
    s = schemes(t.index); t["scheme"] = (s.new - s.old).reindex(t.index).fillna(0.0)
    return t, np.array([features(f) for f in t.index])


def study(t, a, n):
    held = sorted((f for f in t.index[t.hull.notna()] if len(Composition(f)) > 1), key=hash_order)[:n]
    conversion = Conversion(t, a, set(held)); p = points(t, conversion()); hull = Hull(p); out, t0 = [], time.time()
    rows_only, kind = Hull(p[p.kind != "2019"]), dict(zip(p.formula, p.kind))
    alone = Hull(p[p.kind.eq("element") | p.converted.notna()].assign(energy=lambda d: d.converted.fillna(0.0), kind=lambda d: d.kind.where(d.kind == "element", "2019")))
    for k, f in enumerate(held):
        e, known = t.hull[f], bool(np.isfinite(t.old[f]))
        out.append({"formula": f, "exact": e, "stable": bool(t.e[f] < 1e-6), "known in 2019": known, "mixture": kind[f] == "mixture", "converted": hull.without(f).energy(f), "rows only": rows_only.without(f, also_converted=True).energy(f), "table alone": alone.energy(f), "hidden": hull.without(f, also_converted=True).energy(f)})
        if k % 100 == 99: print(k + 1, f"{time.time() - t0:.0f} s", spread([r["converted"] - r["exact"] for r in out]), flush=True)
    return pd.DataFrame(out), time.time() - t0


if __name__ == "__main__":
    p = argparse.ArgumentParser(); p.add_argument("--rows", type=int, default=1000); args = p.parse_args(); warnings.simplefilter("ignore")
    t, a = gathered(); full = Conversion(t, a)
    shipped = points(t, full()); shipped["above"] = shipped.formula.map(Hull(shipped).distances().set_index("formula").above) # seven minutes
    save_points(shipped, TABLES / "hull.npz"); (TABLES / "references.json").write_text(json.dumps({k: round(v, 6) for k, v in references().items()}, indent=0) + "\n")
    d = t.iloc[full.rows]; fold = np.arange(len(d)) % 5; rest = np.zeros(len(d))
    for k in range(5): part = Conversion(t, a, set(d.index[fold == k])); rest[fold == k] = (part() - t.hull).reindex(d.index)[fold == k]
    print("conversion", spread(rest), flush=True)
    result = {"conversion": {"five-fold": spread(rest), "schemes alone": spread(d.old + d.scheme - d.hull), "as it was in 2019": spread(d.old - d.hull)}}
    rows, seconds = study(t, a, args.rows)
    result |= {"rows": rows.round(5).to_dict("records"), **{k: spread(rows[k] - rows.exact) for k in NAMES}, "seconds": seconds}
    OUT.write_text(json.dumps(result, default=float) + "\n"); print({k: result[k] for k in NAMES})
