"The pre-filters of uniqueness and novelty change no answer; descriptions of one crystal stay one crystal"
import os
import numpy as np
import pandas as pd
import pytest
from pymatgen.analysis.structure_matcher import StructureMatcher
from pymatgen.core import Lattice, Structure
from crysvcd.data import CrysVCDError, load_crystals, textbook_crystals
from crysvcd.novelty import Reference, balances, is_plausible, shares, sun, unique, validity

BOOKS = dict(zip((t := textbook_crystals()).id, t))


def described_anew(s, rng):
    "The same crystal: a supercell, turned, shifted, its atoms in another order, oxidation states written on"
    s = s * rng.permutation([1, 1, 2]).tolist(); turn = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    order = rng.permutation(len(s)); species = [f"{s[i].specie.symbol}0+" if rng.random() < 0.5 else s[i].specie for i in order]
    return Structure(Lattice(s.lattice.matrix @ turn.T), species, s.frac_coords[order] + rng.random(3))


@pytest.mark.parametrize("matcher", ["pymatgen", "lenient", "mattergen"])
def test_one_crystal_in_many_descriptions(matcher):
    rng = np.random.default_rng(0); names = ["NaCl", "TiO2", "SrTiO3", "Cu3Au", "LiCoO2", "GaN"]
    crowd = [s for n in names for s in (BOOKS[n], described_anew(BOOKS[n], rng), described_anew(BOOKS[n], rng))]
    assert unique(crowd, matcher).tolist() == [3 * (i // 3) for i in range(len(crowd))]
    known = Reference({n: BOOKS[n] for n in names}, matcher=matcher)
    assert [known.find(s).id for s in crowd] == [names[i // 3] for i in range(len(crowd))]


@pytest.mark.skipif(not os.environ.get("CRYSVCD_DATA"), reason="needs the tables: set CRYSVCD_DATA")
def test_filters_are_exact_on_the_tables():
    c = load_crystals(max_atoms=30, max_e_above_hull=None, elements=None); top = pd.Series(c.formula).value_counts().index[60:80]
    some = [c[i] for i in np.flatnonzero(np.isin(c.formula, top))]; matcher = StructureMatcher(); first = []
    for i, s in enumerate(some): first.append(next((j for j in range(i) if first[j] == j and matcher.fit(some[j], s)), i))
    assert unique(some).tolist() == first
    known = Reference(some[::2])
    for s in some[1::2]: assert bool(known.find(s).id) == any(matcher.fit(k, s) for k in some[::2])


def test_broken_crystals_have_one_clear_error_or_a_verdict():
    shared = Structure(np.eye(3) * 4, [{"Na": 0.5, "K": 0.5}], [[0, 0, 0]]); pile = Structure(np.eye(3) * 4, ["Na", "Cl"], [[0, 0, 0], [0, 0, 1e-4]])
    for f in (is_plausible, balances, Reference([BOOKS["NaCl"]]).find, Reference([BOOKS["NaCl"]]).nearest, lambda s: unique([s])):
        with pytest.raises(CrysVCDError, match="shared by several"): f(shared)
    assert not is_plausible(pile) and "0.00 Å" in validity(pile)["separate"].reason and unique([pile]).tolist() == [-1]
    assert not is_plausible(Structure(np.diag([4, 4, 150]), ["Na"], [[0, 0, 0]])) and not is_plausible(Structure(np.full((3, 3), np.inf), ["Na"], [[0, 0, 0]]))


def test_unjudged_crystals_stay_in_the_denominator():
    t = pd.DataFrame({"valid": [True, True, None], "e_above_hull": [0.0, None, None], "unique": [True, True, None], "novel": [True, None, None]})
    s = shares(t).set_index("share of")
    assert (s["of"][["valid", "stable", "novel", "S.U.N."]] == 3).all() and s.unknown["S.U.N."] == 2 and s.hits["S.U.N."] == 1
    assert sun(t)["of"].tolist() == [3, 3, 3, 2, 2]


def test_references_and_matchers_that_would_mislead(tmp_path):
    from pymatgen.analysis.structure_matcher import FrameworkComparator
    (tmp_path / "a.cif").write_text("no crystal")
    with pytest.raises(CrysVCDError, match="none of the 1 known crystals"): Reference(tmp_path)
    with pytest.raises(CrysVCDError, match="compare elements"): unique([BOOKS["NaCl"]], StructureMatcher(comparator=FrameworkComparator()))
    BOOKS["NaCl"].to(str(tmp_path / "a.cif")); BOOKS["GaAs"].to(str(tmp_path / "a.vasp"), fmt="poscar"); BOOKS["CsCl"].to(str(tmp_path / "POSCAR"), fmt="poscar")
    assert len(Reference(tmp_path)) == 3 and Reference(tmp_path / "POSCAR").find(BOOKS["CsCl"]).id == "POSCAR" and Reference(BOOKS["NaCl"]).find(BOOKS["NaCl"]).id
    assert Reference(None, "NaCl").novel(BOOKS["NaCl"]) is None and Reference(BOOKS["NaCl"], ["NaCl", "CsCl"]).novel(BOOKS["CsCl"]) is None
