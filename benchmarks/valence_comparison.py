"""Our labels against those of bond-valence analysis, pymatgen's guess and smact, and against PBE band gaps.

    CRYSVCD_DATA=FOLDER python benchmarks/valence_bva.py [STORE]         # once, about ten minutes; resumes
    CRYSVCD_DATA=FOLDER python benchmarks/valence_comparison.py [STORE]

Needs smact. Rows: the shared crystals of valid elements, at most 20 atoms, at most 0.08 eV/atom above the hull; rates and speeds are of one run. Writes
benchmarks/results/valence_comparison.json and valence_differences.csv (where we differ from a bond-valence analysis that is at least 50% sure of every site).
"""
import gzip, json, os, time, warnings
from collections import Counter, defaultdict
from pathlib import Path
import numpy as np
import pandas as pd
from pymatgen.core import Composition
from smact.screening import smact_validity
from crysvcd.data import VALID_ELEMENTS, load_crystals
from crysvcd.valence import TABLES, ValenceError, label, label_table
from valence_bva import store

RESULTS, SURE, ROWS = Path(__file__).with_name("results"), 0.5, 3000


def states(a) -> dict: # {element: {state: atoms}}
    table = defaultdict(dict)
    for s, n in a.items(): table[s.element][str(s.charge)] = n
    return dict(table)


def ours(formula, mode):
    try: return label(formula, mode=mode)
    except ValenceError: return None


def kind_of_difference(a, theirs) -> str:
    if a is None: return "we have none"
    if a.kind == "alloy": return "we call it an alloy"
    mine = states(a)
    if any((min(map(int, mine[e])) < 0) != (min(map(int, theirs[e])) < 0) for e in mine): return "another element is the anion"
    if any(len(mine[e]) != len(theirs[e]) for e in mine): return "mixed valence in one of the two"
    return "other states"


def against_bva(rows: list, mode: str) -> dict:
    "Agreement, whole compounds and elements, over the smallest posterior of a site"
    done = [(r, ours(r["formula"], mode)) for r in rows]
    same = lambda r, a: a is not None and states(a) == r["states"]
    per = {}
    for p in (0.0, 0.3, 0.5, 0.7, 0.9):
        sure = [(r, a) for r, a in done if min(r["posterior"].values()) >= p]
        elements = [(states(a).get(e) if a is not None else None) == v for r, a in sure for e, v in r["states"].items()]
        ionic = [same(r, a) for r, a in sure if a is not None and a.kind == "ionic"]
        per[str(p)] = {"compounds": len(sure), "agree": np.mean([same(r, a) for r, a in sure]), "elements": len(elements), "elements agree": np.mean(elements),
                       "we say ionic": len(ionic), "of these agree": np.mean(ionic)}
    differ = [(r["id"], r["formula"], str(a) if a is not None else "", " ".join(f"{e}{v}:{n}" for e, c in r["states"].items() for v, n in c.items()), min(r["posterior"].values()), kind_of_difference(a, r["states"]))
              for r, a in done if min(r["posterior"].values()) >= SURE and not same(r, a)]
    return {"by smallest site posterior": per, f"why we differ (≥ {SURE})": dict(Counter(d[-1] for d in differ).most_common())}, differ


def timed(f, items): 
    t0 = time.perf_counter(); out = [f(x) for x in items]
    return out, len(items) / (time.perf_counter() - t0)


def guess(formula):
    found = Composition(formula).oxi_state_guesses()
    return found[0] if found else None


def mean_states(a) -> dict:
    total, atoms = Counter(), Counter()
    for s, n in a.items(): total[s.element] += s.charge * n; atoms[s.element] += n
    return {e: total[e] / atoms[e] for e in atoms}


def against_formulas(formulas: list) -> dict:
    "Rates, speeds and agreement with smact's verdict and pymatgen's first guess"
    (mine, v0), (paper, v1) = timed(lambda f: ours(f, "chemist"), formulas), timed(lambda f: ours(f, "paper"), formulas)
    (verdict, v2), (theirs, v3) = timed(lambda f: smact_validity(Composition(f), include_alloys=False), formulas), timed(guess, formulas)
    ionic = [a is not None and a.kind == "ionic" for a in mine]
    both = [(f, a, g) for f, a, g, i in zip(formulas, mine, theirs, ionic) if i and g]
    equal = [all(abs(mean_states(a)[e] - g[e]) < 1e-6 for e in g) for _, a, g in both]
    count = lambda flags: int(sum(flags))
    return {"formulas": len(formulas), "per second": {"chemist": v0, "paper": v1, "smact_validity": v2, "pymatgen oxi_state_guesses": v3},
            "has oxidation states": {"chemist": count(ionic), "paper": count(a is not None and a.kind == "ionic" for a in paper), "smact": count(verdict), "pymatgen": count(map(bool, theirs))},
            "alloy": {"chemist": count(a is not None and a.kind == "alloy" for a in mine), "paper": count(a is not None and a.kind == "alloy" for a in paper)},
            "smact says yes": {"of our ionic": np.mean([v for v, i in zip(verdict, ionic) if i]), "of our alloys": np.mean([v for v, a in zip(verdict, mine) if a is not None and a.kind == "alloy"])},
            "pymatgen's first guess": {"compared": len(both), "same mean states": np.mean(equal), "of our alloys it guesses": np.mean([bool(g) for g, a in zip(theirs, mine) if a is not None and a.kind == "alloy"])},
            "pymatgen differs, e.g.": [[f, a.ledger(), str(g)] for (f, a, g), e in zip(both, equal) if not e][:60],
            "smact says no, we ionic, e.g.": [[f, a.ledger()] for f, a, v, i in zip(formulas, mine, verdict, ionic) if i and not v][:40],
            "smact says yes, we alloy, e.g.": [f for f, a, v in zip(formulas, mine, verdict) if v and a is not None and a.kind == "alloy"][:60]}


def against_gaps(formulas, gaps) -> dict:
    "Of compounds with a PBE gap beyond 0.1 eV, how many are ionic; of those without, how many are alloys"
    table = pd.DataFrame({"gap": np.asarray(gaps, float) > 0.1, **{m: [a.kind if a is not None else "none" for a in (ours(f, m) for f in formulas)] for m in TABLES}})
    return {"formulas": len(table), "with a gap": int(table.gap.sum())} | {m: {"ionic, of those with a gap": float((table[table.gap][m] == "ionic").mean()),
            "alloy, of those without": float((table[~table.gap][m] == "alloy").mean()), "gap, of its alloys": float(table[table[m] == "alloy"].gap.mean())} for m in TABLES}


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    rows = [r for r in map(json.loads, store().open())]
    found = [r for r in rows if r["states"]]
    bva, differ = against_bva(found, "chemist")
    pd.DataFrame(differ, columns=["id", "cell", "ours", "bond valence", "posterior", "difference"]).sort_values("posterior", ascending=False).to_csv(RESULTS / "valence_differences.csv", index=False)
    crystals = load_crystals()
    formulas = np.random.default_rng(0).permutation(sorted(set(crystals.formula)))[:ROWS].tolist()
    known = ~np.isnan(crystals.props["band_gap"])
    mb = pd.read_csv(Path(os.environ["CRYSVCD_DATA"]) / "mp_band_gaps_matbench.csv.gz")
    valid = mb[[set(Composition(f).get_el_amt_dict()) <= set(VALID_ELEMENTS) and all(n == int(n) for n in Composition(f).values()) for f in mb.formula]].sample(20000, random_state=0)
    result = {"bond-valence analysis": {"crystals": len(rows), "assigned": len(found), "per second": len(rows) / sum(r["seconds"] for r in rows), "chemist": bva, "paper": against_bva(found, "paper")[0]},
              "formulas": against_formulas(formulas), "band gaps, shared crystals": against_gaps(crystals.formula[known].tolist(), crystals.props["band_gap"][known]),
              "band gaps, 20,000 formulas of matbench": against_gaps(valid.formula.tolist(), valid.target)}
    rounded = json.loads(json.dumps(result, default=float), parse_float=lambda x: round(float(x), 4))
    (RESULTS / "valence_comparison.json").write_text(json.dumps(rounded, indent=1, ensure_ascii=False) + "\n"); print(json.dumps(rounded, indent=1, ensure_ascii=False)[:9000])
