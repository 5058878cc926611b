"""Which further oxidation state would explain most of the materials that the paper's table leaves without an assignment?

    CRYSVCD_DATA=FOLDER python benchmarks/missing_species.py

Adds, one at a time, every state that pymatgen lists for an element (and O⁻) to the table without our six last-resort states. Writes
benchmarks/results/missing_species.json: the count behind notebook 01_valence's choice.
"""
import json
from pathlib import Path
from pymatgen.core import Element
from crysvcd.data import load_crystals
from crysvcd.valence import LAST_RESORT, STATES, ValenceError, label, label_table

PAPER = {e: tuple(v for v in vs if (e, v) not in LAST_RESORT) for e, vs in STATES.items()}


def explained(cells, element, state):
    table = PAPER | {element: tuple(sorted(PAPER[element] + (state,)))}
    return sum(labelled(c, table) for c in cells if element in c)


def labelled(cell, table):
    try: return bool(label(cell, table))
    except ValenceError: return False


if __name__ == "__main__":
    crystals = load_crystals(elements=None)
    t = label_table(crystals, PAPER)
    left = set(t.id[t.reason == "no balanced assignment"])
    cells = [{e: int(n) for e, n in crystals[i].composition.get_el_amt_dict().items()} for i, x in enumerate(crystals.id) if x in left]
    states = lambda e: {*Element(e).icsd_oxidation_states, *Element(e).oxidation_states, *([-1] if e == "O" else [])} - {0, *PAPER[e]}
    rows = sorted(((explained(cells, e, v), e, v) for e in PAPER for v in states(e)), reverse=True)
    out = {"without assignment": len(cells), "explained by adding": [{"element": e, "state": v, "materials": n} for n, e, v in rows[:15]]}
    Path(__file__).with_name("results").joinpath("missing_species.json").write_text(json.dumps(out, indent=1) + "\n"); print(out)
