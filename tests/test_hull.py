"The hull says what pymatgen says, whatever the order, the size of the formula or the system"
import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from pymatgen.analysis.phase_diagram import PDEntry, PhaseDiagram
from pymatgen.core import Composition
from crysvcd.data import CrysVCDError
from crysvcd.hull import Hull, elemental_references, hull_from_entries, hull_points

POINTS = hull_points(); HULL = Hull(POINTS)
ELEMENTS = ["Li", "Na", "Mg", "Al", "Si", "Ti", "Fe", "Ni", "Cu", "O", "S", "F", "N", "Cl"]
formulas = st.dictionaries(st.sampled_from(ELEMENTS), st.integers(1, 6), min_size=2, max_size=4)
parts = lambda d: (Composition(d), Composition(d).reduced_formula)


def direct(system):
    "The same diagram without any of the room's code"
    keep = [(f, e) for f, e, k in zip(POINTS.formula, POINTS.energy, POINTS.kind) if k != "mixture" and set(Composition(f).get_el_amt_dict()) <= system]
    return PhaseDiagram([PDEntry(f, e * Composition(f).num_atoms) for f, e in keep])


@pytest.mark.parametrize("system", [{"Ca", "Ti", "O"}, {"Al", "Ni"}, {"Li", "Fe", "P", "O"}])
def test_hull_is_pymatgens(system):
    d, rng = direct(system), np.random.default_rng(0)
    for _ in range(20):
        c = Composition({e: int(n) for e, n in zip(sorted(system), rng.integers(1, 6, len(system)))}); p = HULL.known(c.reduced_formula)
        if not p or p[1] == "2019": assert abs(HULL.energy(c) - d.get_hull_energy_per_atom(c)) < 1e-9


@given(formulas, st.integers(2, 5), st.floats(-4, 1))
@settings(deadline=None, max_examples=60)
def test_a_formula_has_no_size_and_no_order(d, k, e):
    c, f = parts(d); s = HULL.stability(f, e); t = HULL.stability(Composition(dict(reversed(d.items()))) * k, e)
    assert s.formula == t.formula and abs(s.e_above_hull - t.e_above_hull) < 1e-9
    assert abs(HULL.stability(f, e + 0.1).e_above_hull - s.e_above_hull - 0.1) < 1e-9


@given(formulas)
@settings(deadline=None, max_examples=60)
def test_products_keep_every_atom_and_explain_the_energy(d):
    c, f = parts(d); s = HULL.stability(f, 0.0); unit = Composition(f)
    for mix in (s.decomposition, s.competing):
        total = sum((Composition(p) * n for p, n in mix.items()), Composition())
        assert all(abs(total[e] - unit[e]) < 1e-5 for e in unit) and f not in s.competing
    if s.source == "rebuilt" and len(unit) > 1: # energy of the products = energy of the hull
        e = sum(n * Composition(p).num_atoms * HULL.known(p)[0] for p, n in s.decomposition.items()) / unit.num_atoms
        assert abs(e - s.e_hull) < 1e-6
        assert s.e_decomposition <= s.e_above_hull + 1e-9


@pytest.mark.parametrize("formula", ["NaCl", "MgO", "SiO2", "TiO2", "Al2O3", "CaTiO3", "LiFePO4", "GaAs", "Fe2O3", "CsPbBr3", "ZnS", "Li2O"])
def test_known_compounds_are_on_the_hull(formula):
    p = HULL.known(Composition(formula).reduced_formula); s = HULL.stability(formula, p[0])
    assert abs(s.e_above_hull) < 1e-6 and s.decomposition == {Composition(formula).reduced_formula: 1.0}
    assert abs(HULL.without(formula).energy(formula) - p[0]) < 0.02 # the converted energy of 2019 agrees


def test_elements_are_at_zero_and_unknown_ones_say_so():
    for e in elemental_references(): assert HULL.energy(e) == 0
    s = HULL.stability("RaF2", -4.0); assert not s.covered and np.isnan(s.e_above_hull) and "Ra" in s.reason
    with pytest.raises(CrysVCDError, match="Ra"): HULL.energy("RaF2")


def test_the_users_entries_replace_the_table():
    from pymatgen.entries.computed_entries import ComputedEntry
    entries = [ComputedEntry("Na4", -5.0), ComputedEntry("Cl2", -3.6), ComputedEntry("Na2Cl2", -14.0, correction=-1.0), ComputedEntry("NaCl", -6.0)]
    h, d = hull_from_entries(entries), PhaseDiagram(entries)
    assert abs(h.energy("NaCl") - d.get_form_energy_per_atom(entries[2])) < 1e-9 and h.references["Na"] == -1.25
    assert not h.stability("KCl", 0.0).covered


def test_a_beaten_compound_gives_a_negative_number_and_enters():
    e = HULL.energy("SrTiO3"); s = HULL.stability("SrTiO3", e - 0.05); assert abs(s.e_above_hull + 0.05) < 1e-9
    assert abs(HULL.changed({"SrTiO3": e - 0.05}).stability("SrTiO3", e).e_above_hull - 0.05) < 1e-9 and HULL.energy("SrTiO3") == e
