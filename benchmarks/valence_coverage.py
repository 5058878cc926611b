"""How many materials of the tables get oxidation states, in both modes, why not the others, and how fast.

    CRYSVCD_DATA=FOLDER python benchmarks/valence_coverage.py

Writes benchmarks/results/valence_coverage.json, which notebook 01_valence shows where the tables are not at hand.
"""
import json, time
from pathlib import Path
from crysvcd.data import load_crystals
from crysvcd.valence import ValenceError, label, label_table


def coverage(table, mode):
    t0 = time.perf_counter(); t = label_table(table, mode=mode); dt = time.perf_counter() - t0
    valid = t[t.reason != "element outside the vocabulary"]
    return {"materials": len(t), "valid elements": len(valid), "alloy": int((valid.kind == "alloy").sum()), "ionic": int((valid.kind == "ionic").sum()),
            "no balanced assignment": int((valid.reason == "no balanced assignment").sum()), "coverage": len(valid[valid.species.notna()]) / len(valid),
            "mixed valence": int(sum(bool(a.mixed) for a in valid.species.dropna())), "per second": round(len(t) / dt)}


def milliseconds(formula, mode, tries=3): # the best of three
    best = float("inf")
    for _ in range(tries):
        t0 = time.perf_counter()
        try: label(formula, mode=mode)
        except ValenceError: pass
        best = min(best, time.perf_counter() - t0)
    return 1000 * best


def slowest(formulas, mode, n=5):
    "The longest single call of a first pass, and the formulas that take longest when asked again, in ms"
    first = sorted(((milliseconds(f, mode, 1), f) for f in formulas), reverse=True)[:40]
    return {"first pass": round(first[0][0], 2)} | {f: round(t, 2) for t, f in sorted(((milliseconds(f, mode), f) for _, f in first), reverse=True)[:n]}


if __name__ == "__main__":
    rows = {"MP-20 rule (≤ 20 atoms, ≤ 0.08 eV/atom)": load_crystals(elements=None),
            "all rows, up to 52 atoms": load_crystals(elements=None, max_atoms=None, max_e_above_hull=None)}
    cells = sorted({s.composition.formula.replace(" ", "") for s in load_crystals(max_atoms=None, max_e_above_hull=None)})
    shown = ("Ni12C8O31", "C4N24O4", "Mn4P2O10")
    result = {mode: {k: coverage(v, mode) for k, v in rows.items()} | {"slowest (ms)": slowest(cells, mode), "shown (ms)": {f: round(milliseconds(f, mode), 2) for f in shown}} for mode in ("paper", "chemist")}
    out = Path(__file__).parent / "results" / "valence_coverage.json"
    out.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n"); print(out.read_text())
