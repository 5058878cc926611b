"Labels: every property that a user relies on, on random input"
import csv, itertools, json, math
from collections import Counter
import pytest
from hypothesis import assume, given, settings, strategies as st
from crysvcd.data import CrysVCDError, VALID_ELEMENTS
from crysvcd.valence import (ALONE, CATENATING, STATES, TABLES, Assignment, Species, ValenceError, allen, assignments, bits, cell_content, is_metal,
                             label, oxidation_states, usual)

contents = st.dictionaries(st.sampled_from(VALID_ELEMENTS), st.integers(1, 9), min_size=1, max_size=5)
common = st.dictionaries(st.sampled_from(["Fe", "O", "S", "Na", "Cu", "N", "Si", "Sb", "Mn", "F", "H", "P", "C", "Cl", "Ba", "Te"]), st.integers(1, 4), min_size=2, max_size=3)
modes = st.sampled_from(sorted(TABLES))


def labelled(cell, mode):
    try: return label(cell, mode=mode)
    except ValenceError: return None


@settings(max_examples=400, deadline=None)
@given(contents, modes)
def test_a_label_is_balanced_and_keeps_the_composition(cell, mode):
    a = labelled(cell, mode)
    if a is None: return
    assert a.charge == 0 and cell_content(a) == cell and all(s.charge in TABLES[mode][s.element] or (s.charge == 0 and s.element in CATENATING) for s in a)
    assert Assignment.parse(str(a)) == a and (a.kind == "ionic") == any(s.charge for s in a)
    assert a.kind == "ionic" or all(0 in STATES[e] for e in cell)
    assert str(a) == str(labelled(dict(reversed(cell.items())), mode)) # the order of writing means nothing


@settings(max_examples=200, deadline=None)
@given(contents, modes, st.integers(2, 4))
def test_several_formula_units(cell, mode, z):
    "z units have z times the label, or, in the chemist's mode, a less surprising one where the label of one is unusual"
    cell = {e: n // math.gcd(*cell.values()) for e, n in cell.items()}
    one, many = labelled(cell, mode), labelled({e: z * n for e, n in cell.items()}, mode)
    if one is None: return
    if many == one * z: return
    assert mode == "paper" and one.kind == "ionic" or mode == "chemist" and (many.kind != one.kind or not all(usual(*s) for s in one))


@settings(max_examples=150, deadline=None)
@given(common)
def test_the_chemists_label_is_the_first_of_all_assignments(cell):
    cell = {e: n // math.gcd(*cell.values()) for e, n in cell.items()}
    found, a = assignments(cell), labelled(cell, "chemist")
    if a is not None and a.kind == "ionic": assert a == found[0] and not is_metal(a)
    surprises = [bits(x) for x in found]
    assert surprises == sorted(surprises) and len(set(found)) == len(found)
    for x in found: assert max(allen(s.element) for s in x if s.charge > 0) <= min(allen(s.element) for s in x if s.charge < 0)


def permitted(mode, element, mine):
    table = [v for v in TABLES[mode][element] if v and (mode == "paper" or (element, v) not in ALONE)]
    if mode == "chemist" and mine == [-1, 0]: return element in CATENATING
    if mode == "chemist" and len(mine) > 1 and any((element, v) in ALONE for v in mine): return False
    return mine[0] * mine[-1] > 0 and not any(mine[0] < v < mine[-1] for v in table)


def brute_force(cell, mode):
    per = []
    for e, n in cell.items():
        states = sorted({*TABLES[mode][e]} - {0} | ({0} if mode == "chemist" and e in CATENATING else set()))
        ways = [Counter(w) for w in itertools.combinations_with_replacement(states, n)]
        per.append([{(e, v): k for v, k in w.items()} for w in ways if permitted(mode, e, sorted(w))])
    found = (Assignment({k: n for part in way for k, n in part.items()}) for way in itertools.product(*per) if sum(v * n for part in way for (_, v), n in part.items()) == 0)
    order = lambda a: all((allen(p.element), p.element) < (allen(q.element), q.element) for p in a for q in a if p.charge > 0 > q.charge)
    enough = lambda a: all(a[Species(e, 0)] >= k * a.get(Species(e, -1), 0) for e, k in CATENATING.items() if Species(e, 0) in a)
    return {a for a in found if mode == "paper" or order(a) and enough(a)}


@settings(max_examples=120, deadline=None)
@given(st.dictionaries(st.sampled_from(VALID_ELEMENTS), st.integers(1, 4), min_size=2, max_size=3), modes)
def test_identical_to_exhaustive_search(cell, mode):
    assert set(assignments(cell, mode=mode)) == brute_force(cell, mode)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40) | st.from_regex(r"[A-Z][a-z]?[0-9.()\[\]{}+\-*^ ]{0,6}([A-Z][a-z]?[0-9]{0,4}){0,5}", fullmatch=True), modes)
def test_no_text_crashes_the_parser(text, mode):
    for f in (label, assignments):
        try: found = f(text, mode=mode)
        except ValenceError as e: assert e.reason; continue
        assert all(a.charge == 0 for a in ([found] if isinstance(found, Assignment) else found))
        if isinstance(found, Assignment): assume(sum(found.values()) < 60)


CHEMISTRY = """Fe3O4 Fe2+:1 Fe3+:2 O2-:4|Mn3O4 Mn2+:1 Mn3+:2 O2-:4|Pb3O4 Pb2+:2 Pb4+:1 O2-:4|PbO2 Pb4+:1 O2-:2|BaFeO3 Ba2+:1 Fe4+:1 O2-:3|CuInS2 In3+:1 Cu1+:1 S2-:2|FeS2 Fe2+:1 S1-:2
CuS Cu2+:1 S2-:1|SnS Sn2+:1 S2-:1|K2O2 K1+:2 O1-:2|KO2 K1+:1 O1-:1 O0:1|NaN3 Na1+:1 N1-:1 N0:2|LiFePO4 Li1+:1 Fe2+:1 P5+:1 O2-:4|KMnO4 K1+:1 Mn7+:1 O2-:4|CaCO3 Ca2+:1 C4+:1 O2-:3
CaC2 Ca2+:1 C1-:2|NH3 H1+:3 N3-:1|CaH2 Ca2+:1 H1-:2|GaAs Ga3+:1 As3-:1|Mg2Si Mg2+:2 Si4-:1|TiC Ti4+:1 C4-:1|CsAu Cs1+:1 Au1-:1|Bi2Te3 Bi3+:2 Te2-:3|InSb In3+:1 Sb3-:1|GaSe Ga2+:1 Se2-:1"""


@pytest.mark.parametrize("line", CHEMISTRY.replace("\n", "|").split("|"))
def test_what_a_chemist_writes(line):
    formula, _, a = line.partition(" ")
    assert label(formula) == Assignment.parse(a)


@pytest.mark.parametrize("formula", "NiAl Cu3Au FeSi Nb3Sn CuZn Fe3C MgZn2 TiAl Ni3S2 Si Fe".split())
def test_metals(formula): assert label(formula).kind == "alloy"


def test_tables(tmp_path, monkeypatch):
    (tmp_path / "t.txt").write_text("# mine\nFe 2\nO -2 # oxide\n"); (tmp_path / "t.json").write_text('{"Fe": [2], "O": [-2]}')
    for path in ("t.txt", "t.json"):
        assert str(label("FeO", tmp_path / path)) == "Fe2+:1 O2-:1"
        with pytest.raises(ValenceError, match="no oxidation states balance"): label("Fe2O3", tmp_path / path)
    for name, content in (("a", "Fe x"), ("b", "Zz 3"), ("c", "{"), ("d", "Fe 99"), ("e", "[1]")):
        (tmp_path / name).write_text(content)
        with pytest.raises(CrysVCDError): oxidation_states(tmp_path / name)
    for bad in ("nothing", tmp_path): 
        with pytest.raises(CrysVCDError, match="choose"): oxidation_states(bad)
    monkeypatch.setitem(__import__("sys").modules, "smact", None)
    from crysvcd import valence
    valence._smact_states.cache_clear()
    with pytest.raises(CrysVCDError, match="pip install smact"): label("NaCl", "icsd24")


def test_smacts_tables():
    pytest.importorskip("smact")
    for name in ("smact14", "icsd16", "icsd24", "pymatgen_sp", "wiki"):
        assert str(label("NaCl", name)) == "Na1+:1 Cl1-:1" and label("Cu3Au", name).kind == "alloy"
        assert all(a.charge == 0 for a in assignments("Fe3O4", name))


def test_command_line(crysvcd, tmp_path):
    (tmp_path / "f.txt").write_text("NaCl\n\nCdS\n"); (tmp_path / "f.csv").write_text("id,formula\n1,NaCl\n2,NaF2\n"); (tmp_path / "g.csv").write_text("id,x\n1,2\n"); (tmp_path / "b").write_bytes(bytes(range(256)))
    r = crysvcd("label", "--file", "f.txt"); assert r.returncode == 0 and len(r.stdout.splitlines()) == 2
    r = crysvcd("label", "--file", "f.csv"); assert r.returncode == 1 and "NaF2: no label" in r.stdout
    r = crysvcd("label", "--mode", "paper", "CdS"); assert "alloy" in r.stdout
    r = crysvcd("label", "--all", "--json", "FeS2"); rows = [json.loads(l) for l in r.stdout.splitlines()]
    assert len(rows) > 2 and rows[0]["species"] == {"Fe2+": 1, "S1-": 2}
    for args, word in ((["--file", "g.csv"], "no column 'formula'"), (["--file", "b"], "no text"), (["--file", "none"], "none"), (["--mode", "x", "NaCl"], "choose paper or chemist"), (["--states", "x", "NaCl"], "no table"), ([], "give formulas")):
        r = crysvcd("label", *args); assert r.returncode == 2 and word in r.stderr and "Traceback" not in r.stderr


def test_thousands_from_standard_input(shell):
    r = shell("label", "--file", "-", input="\n".join(["NaCl", "Fe3O4", "GaAs", "NiAl"] * 1000))
    assert r.returncode == 0 and len(r.stdout.splitlines()) == 4000
