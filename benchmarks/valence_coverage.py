"""How many materials of the tables get oxidation states, and why not the others.

    CRYSVCD_DATA=FOLDER python benchmarks/valence_coverage.py

Writes benchmarks/results/valence_coverage.json, which notebook 01_valence shows where the tables are not at hand.
"""
import json, time
from pathlib import Path
from crysvcd.data import load_crystals
from crysvcd.valence import label_table


def coverage(table):
    t0 = time.perf_counter(); t = label_table(table); dt = time.perf_counter() - t0
    valid = t[t.reason != "element outside the vocabulary"]
    return {"materials": len(t), "valid elements": len(valid), "alloy": int((valid.kind == "alloy").sum()), "ionic": int((valid.kind == "ionic").sum()),
            "no balanced assignment": int((valid.reason == "no balanced assignment").sum()), "coverage": len(valid[valid.species.notna()]) / len(valid),
            "mixed valence": int(sum(bool(a.mixed) for a in valid.species.dropna())), "per second": round(len(t) / dt)}


if __name__ == "__main__":
    rows = {"MP-20 rule (≤ 20 atoms, ≤ 0.08 eV/atom)": load_crystals(elements=None),
            "all rows, up to 52 atoms": load_crystals(elements=None, max_atoms=None, max_e_above_hull=None)}
    out = Path(__file__).parent / "results" / "valence_coverage.json"
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps({k: coverage(v) for k, v in rows.items()}, indent=1, ensure_ascii=False) + "\n")
    print(out.read_text())
