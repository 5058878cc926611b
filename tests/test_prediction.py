"The default structure generator at its edges: sizes, elements, seeds, damaged files"
import json, shutil
import numpy as np
import pytest
from crysvcd.data import CrysVCDError
from crysvcd.prediction import predict
from crysvcd.retrieval import RetrievalGenerator
from crysvcd.structure import is_valid
from crysvcd.training import find_weights


@pytest.fixture(scope="module")
def generator(): return RetrievalGenerator.from_pretrained()


@pytest.mark.parametrize("cell", ["Cu", "Si2", "C4", "Na30Cl30", "Cs3Mo2Te5", "La2O3", "Li2Fe2P2O8", "Na1Mg1Al1Si1P1S1Cl1"], ids=str)
def test_any_cell_becomes_a_crystal(generator, cell):
    "one atom, one element, sixty atoms, far from the data, elements without oxidation states, seven elements"
    from pymatgen.core import Composition
    s, = generator.sample([cell], [1])
    assert s.composition == Composition(cell) and is_valid(s) and 1 < s.volume / len(s) < 200


def test_a_crystal_does_not_depend_on_its_company(generator):
    cells = ["NaCl", "Fe3O4", "Cs3Mo2Te5", "Ca2Ti2O6", "NaCl"]
    together, alone = generator.sample(cells, [1, 2, 3, 4, 5]), [generator.sample([c], [s])[0] for c, s in zip(cells, [1, 2, 3, 4, 5])]
    for a, b in zip(together, alone): np.testing.assert_allclose(a.frac_coords, b.frac_coords, atol=1e-3); np.testing.assert_allclose(a.lattice.matrix, b.lattice.matrix, atol=1e-2)


def test_with_a_temperature_one_composition_gets_different_crystals_and_each_seed_its_own(generator):
    made = generator.varied().sample(["Ti2O4"] * 24, range(24)); again = generator.varied().sample(["Ti2O4"] * 24, range(24))
    assert len({round(s.volume, 1) for s in made}) > 1
    for a, b in zip(made, again): np.testing.assert_allclose(a.lattice.matrix, b.lattice.matrix, atol=1e-4)


def test_candidates_are_different_and_sorted(generator):
    from crysvcd.metrics import match_distance
    found = generator.candidates("Ca1Ti1O3", 6, draws=2); p = [g.probability for g in found]
    assert p == sorted(p, reverse=True) and sum(p) <= 1 + 1e-6
    assert all(np.isnan(match_distance(a.structure, b.structure)) for i, a in enumerate(found) for b in found[:i])


def test_formula_units_and_exact_cells(generator):
    assert {c.cell.formula for c in predict("Ti2O4", k=40, exact_cell=True, structures=generator, progress=False)} == {"Ti2 O4"}
    assert {c.cell.formula for c in predict("Ti2O4", z=(1, 2), k=40, structures=generator, progress=False)} == {"Ti1 O2", "Ti2 O4"}


def test_few_candidates_are_the_head_of_many(generator):
    "ranks and probabilities do not depend on how many are asked for"
    many = predict("Fe2O3", z=(1, 2), k=12, structures=generator, progress=False)
    for k in (1, 4): assert [repr(c) for c in predict("Fe2O3", z=(1, 2), k=k, structures=generator, progress=False)] == [repr(c) for c in many[:k]]


def test_two_cells_of_one_formula_keep_their_files_apart(tmp_path):
    from pymatgen.core import Structure
    from crysvcd.prediction import predict_to_folder
    t = predict_to_folder(["NaCl", "Na2Cl2"], tmp_path / "p", k=2, exact_cell=True, structures="structure-retrieval", progress=False)
    assert t.id.is_unique and len(list((tmp_path / "p/cifs").iterdir())) == len(t)
    for r in t.itertuples(): assert Structure.from_file(tmp_path / "p" / r.cif).get_space_group_info(0.1)[0] == r.spacegroup


@pytest.mark.parametrize("change, word", [({"where": None}, "memory"), ({"library": "0"}, "another library"), ({"members": 3}, "does not fit"), ({"flow": "nowhere"}, "no weights")])
def test_damaged_weights(tmp_path, change, word):
    w = tmp_path / "w"; shutil.copytree(find_weights("structure-retrieval"), w); f = w / "config.json"
    f.write_text(json.dumps(json.loads(f.read_text()) | change))
    with pytest.raises(CrysVCDError, match=word): RetrievalGenerator.from_pretrained(w)
