"""What the states beyond the paper's table are worth.

    CRYSVCD_DATA=FOLDER python benchmarks/missing_species.py

First: every state that pymatgen lists for an element (and O⁻), one at a time, added to the paper's table without our six last-resort states: which explains most of the materials left without an assignment?
Then, for each state of the chemist's table that the paper's lacks: how many materials' labels use it, and of those, how many would be left without a balanced assignment,
how many would have to take a more surprising one. Writes benchmarks/results/missing_species.json, the counts behind notebook 01_valence's choice.
"""
import json
from collections import Counter, defaultdict
from pathlib import Path
import numpy as np
from pymatgen.core import Element
from crysvcd.data import load_crystals
from crysvcd.valence import CHEMIST, LAST_RESORT, STATES, ValenceError, label, label_table

PAPER = {e: tuple(v for v in vs if (e, v) not in LAST_RESORT) for e, vs in STATES.items()}


def labelled(cell, table, mode="paper"):
    try: return label(cell, table, mode)
    except ValenceError: return None


def explained(cells, element, state):
    table = PAPER | {element: tuple(sorted(PAPER[element] + (state,)))}
    return sum(labelled(c, table) is not None for c in cells if element in c)


def beyond_paper(crystals) -> list:
    "The paper's table plus one state"
    t = label_table(crystals, PAPER, "paper")
    left = np.flatnonzero(t.reason == "no balanced assignment")
    cells = [{e: int(n) for e, n in crystals[int(i)].composition.get_el_amt_dict().items()} for i in left]
    states = lambda e: {*Element(e).icsd_oxidation_states, *Element(e).oxidation_states, *([-1] if e == "O" else [])} - {0, *PAPER[e]}
    rows = sorted(((explained(cells, e, v), e, v) for e in PAPER for v in states(e)), reverse=True)
    return {"without assignment": len(cells), "explained by adding": [{"element": e, "state": v, "materials": n} for n, e, v in rows[:15]]}


def worth(crystals) -> list:
    "The chemist's table minus one state"
    uses = defaultdict(set)
    for a in label_table(crystals).species.dropna():
        for s in a:
            if s.charge and s.charge not in STATES[s.element]: uses[s].add(str(a))
    rows = []
    for (e, v), cells in uses.items():
        table = CHEMIST | {e: tuple(x for x in CHEMIST[e] if x != v)}
        other = Counter("alloy" if (a := labelled({k: int(n) for k, n in Counter_of(c).items()}, table, "chemist")) is not None and a.kind == "alloy" else "none" if a is None else "other states" for c in cells)
        rows.append({"element": e, "state": v, "formulas": len(cells), "without it": dict(other), "e.g.": min(cells, key=len)})
    never = [f"{e} {v}" for e, vs in CHEMIST.items() for v in vs if v not in STATES[e] and (e, v) not in uses]
    return {"used": sorted(rows, key=lambda r: -r["formulas"]), "never used": never}


def Counter_of(text):
    from crysvcd.valence import Assignment
    return Assignment.parse(text).composition.get_el_amt_dict()


if __name__ == "__main__":
    out = beyond_paper(load_crystals(elements=None)) | {"chemist": worth(load_crystals(max_atoms=None, max_e_above_hull=None))}
    Path(__file__).with_name("results").joinpath("missing_species.json").write_text(json.dumps(out, indent=1) + "\n"); print(out)
