"""How often does each element show each oxidation state?

    CRYSVCD_DATA=FOLDER python benchmarks/species_frequency.py

Counts the species of the distinct formulas of the training part (split_by_formula; no held-out formula is seen) whose assignment is unambiguous: first
those with exactly one assignment among the usual states, then, three times over, those whose least surprising assignment beats the next one by 3 bits. Compounds
that the chemist's rule calls metallic don't count, nor do the states of HARD_ONLY without N, O or F. Writes crysvcd/tables/species_frequency.json, from which the chemist's rule takes its surprises.
"""
import json
from collections import Counter, defaultdict
from pathlib import Path
from crysvcd import valence
from crysvcd.data import load_crystals, split_by_formula
from crysvcd.valence import CHEMIST, HARD_ONLY, cell_content, is_metal

MARGIN, ROUNDS = 3.0, 3
OUT = Path(valence.__file__).parent / "tables" / "species_frequency.json"


def hard(a): return any(s.element in valence.HARD for s in a)


def clear(found: list):
    "The best assignment, if it is clearly the best and no metal"
    if not found or is_metal(found[0]) or len(found) > 1 and valence.bits(found[1]) - valence.bits(found[0]) < MARGIN: return None
    return found[0]


def usual(cell: dict) -> dict: return {e: tuple(v for v in CHEMIST[e] if valence.usual(e, v, not valence.HARD.isdisjoint(cell))) for e in cell}


def count(cells: list, one: bool) -> dict:
    table = {"nitrides, oxides, fluorides": defaultdict(Counter), "other": defaultdict(Counter)}
    for cell in cells:
        found = valence._every_chemist(cell, usual(cell) if one else CHEMIST)
        a = (found[0] if len(found) == 1 and not is_metal(found[0]) else None) if one else clear(found)
        for s in a or ():
            if s.charge and (hard(a) or s not in HARD_ONLY): table["nitrides, oxides, fluorides" if hard(a) else "other"][s.element][s.charge] += 1
    return {k: {e: dict(sorted(c.items())) for e, c in sorted(t.items())} for k, t in table.items()}


def use(table: dict):
    valence.species_frequency = lambda: table
    for f in (valence.surprise, valence._charges): f.cache_clear()


if __name__ == "__main__":
    cells = [cell_content(f) for f in sorted(set(split_by_formula(load_crystals(max_atoms=40))["train"].formula))]
    use({}) # no surprises yet
    use(table := count(cells, one=True))
    for _ in range(ROUNDS): use(table := count(cells, one=False))
    made = {"what": "formulas with a clear assignment that show each species", "by": "benchmarks/species_frequency.py", "formulas": len(cells),
            "source": "training part of the shared MP-20 and MPTS-52 rows (Materials Project, CC BY 4.0), at most 40 atoms, at most 0.08 eV/atom above the hull",
            "compounds": table}
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(made, indent=1).replace('": {\n    ', '": {').replace(',\n    ', ', ').replace('\n   }', '}') + "\n"); print(OUT.read_text())
