"Bad inputs at every public door: each ends in one clear error, never in a traceback, a hang, or silent nonsense"
import gzip, io, json, re, shlex
from inspect import signature
from pathlib import Path
import ase.io
import numpy as np
import pandas as pd
import pytest
from ase import Atoms
from ase.build import bulk
from ase.calculators.emt import EMT
from hypothesis import HealthCheck, given, settings, strategies as st
from pymatgen.core import Composition, Lattice, Structure

from crysvcd import CampaignConfig, CrysVCD, CrysVCDError, FormulaGenerator, Hull, Prompt, Property, Reference, Settings, Store, draw, evaluate, label, load_crystals, predict, relax, shares, unique, write_formulas
from crysvcd.campaign import Campaign, fulfils, measure, read_campaign, register_label
from crysvcd.candidates import sift
from crysvcd.conductivity import conductivity
from crysvcd.data import from_structures, read_crystals
from crysvcd.dft import dft
from crysvcd.evaluation import gather
from crysvcd.guidance import ask, bounds, finetune_formula, finetune_structure, load_conditional, stable, wished
from crysvcd.hull import hull_from_entries, hull_from_file
from crysvcd.novelty import is_plausible, sun
from crysvcd.phonons import phonon_stability, tight_relax
from crysvcd.plugin import audit, audit_files, audit_table, repair, substitutes
from crysvcd.potential import potential, register_potential, to_atoms
from crysvcd.prediction import cells_of
from crysvcd.recipe import FORMULA_RECIPES, STRUCTURE_RECIPES, choose, read_settings
from crysvcd.relaxation import relax_all
from crysvcd.report import report
from crysvcd.store import encode, result_key
from crysvcd.structure import as_structure
from crysvcd.training import TrainConfig, find_weights, load_config, load_tensors
from crysvcd.valence import Assignment, Species, assignments, oxidation_states, read_states
from crysvcd.vasp import export_vasp, import_vasp, read_phonons, read_vasp

NAN, INF, HUGE = float("nan"), float("inf"), 10**30
FUZZ = settings(deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
cu = bulk("Cu", "fcc", 3.6)


def said(call, *x) -> str:
    "What is wrong with the answer; '' where it is a clear error"
    try: answer = call(*x)
    except CrysVCDError as e: return "" if len(str(e)) > 10 else f"no words: {e!r}"
    except Exception as e: return f"{type(e).__name__}: {str(e)[:150]}"
    return f"no error, but {str(answer)[:100]!r}"


CASES = {} # door → [(call, bad input)]
def door(name, call, *bad): CASES.setdefault(name, []).extend((call, x) for x in bad)



# %% formulas
FORMULAS = ["", " ", "\t\n", "Xx", "Qq2O3", "nacl", "NACL", "Na Cl 2 x", "NaCl)", "(NaCl", "Na(Cl", "Na)Cl(", "Na-1Cl", "Na0", "Na0Cl0", "Na0.5Cl0.5", "Na1.5Cl", "NaCl1e", "Na1e400Cl", "Na1e99", "Na99999999999999999999Cl", "NaClx", "x", "1", "3.14", "nan", "inf", "None", "null", "[]", "{}", "{'Na': 1}",
    "💎", "Na💎", "Ｎａ", "Na\0Cl", "\ufeff", "Na₂₃₄₅₆₇₈₉₀₁₂₃Cl", "Fe+", "+", "-", "--", "Fe3+", "O--", "@#$%", "SELECT 1", "../../etc/passwd", "<b>NaCl</b>", "NaCl·", "·5H2O", "CuSO4·xH2O", "CuSO4·-5H2O", "(" * 300,
    "NaCl,KCl", "Na=Cl", "Na_Cl_", "Na^2", "\\frac", "C6H12O6x", "H2O?", "*", "?", "A-B-O3", b"NaCl", b"", None, 5, 0, -1, 1.5, NAN, INF, True, [], (), [1, 2], ["NaCl"], {}, {"Na": -1}, {"Na": 0}, {"Na": NAN, "Cl": 1}, {"Na": INF}, {"Na": "x"}, {"Xx": 1}, {"Na": 0.5, "Cl": 0.5}, {"Na": HUGE}, {None: 1}, {"": 1}, {1: {2: 3}}, object(), Composition(), Composition("Na0.3Cl"), Structure, len, 1 + 2j, np.array([1.0]), pd.DataFrame(), set()]
UNKNOWN = ["NaF2", "HeO", "XeF2", "UO2", "La2O3", "TcO2", "Rf", Composition("Xe"), "LiLi2F", "NaClO9F9"] # formulas, but without oxidation states
for name, f in dict(label=label, cells_of=cells_of, generate=lambda x: model().generate(1, formula="" if x is None else x, progress=False), write_formulas=lambda x: write_formulas([x], format="txt")).items(): door(f"formula of {name}", f, *FORMULAS, *UNKNOWN)
for name, f in dict(assignments=assignments, repair=repair, substitutes=substitutes, exclude=lambda x: FormulaGenerator(model().formulas["ionic"], exclude=[x])).items(): door(f"formula of {name}", f, *FORMULAS)

# %% species, assignments, tables of oxidation states
door("Species.parse", Species.parse, "", "Fe", "3+", "Fe3", "Fe+3", "Fe++", "Fe3+-", "Xx2+", "Fe٣+", "fe3+", "Fe3 +", " Fe3+", "Fe²⁺", "Fe1.5+", None, 5, [], b"Fe3+")
door("Assignment.parse", Assignment.parse, "", "Fe3+", "Fe3+:", ":2", "Fe3+:-1", "Fe3+:x", "Fe3+:1.5", "Fe3+:²", "Na1+:1,Cl1-:1", "Zz1+:1", None, 5, [])
door("Assignment", Assignment, {"Fe": 1}, {"Fe3+": "x"}, {"Fe3+": NAN}, {"Fe3+": 1.5}, {"Fe3+": -1}, {5: 1}, {("Fe",): 1}, "Fe3+:1", 5, [1, 2])
door("mode", lambda x: label("NaCl", mode=x), "", "x", "CHEMIST", None, 5, [], {})
door("states", lambda x: label("NaCl", x), "", "nothing", "/nowhere", {}, {"Na": 1}, {"Na": None}, {"Xx": (1,)}, {"Na": (99,)}, {"Na": (1.5,)}, {"Na": ("x",)}, {"Na": (NAN,)}, {5: (1,)}, [], 5, ".")

# %% prompts
TEXTS = ["", " ", "Xx", "li-fe", "Li--Xx", "5", "💎", "Li\0Fe", 5, 1.5, NAN, [], {}, [None], [5], object(), True, b"Li"]
for k in ("system", "within", "contains", "without"): door(f"Prompt {k}", lambda x, k=k: Prompt(**{k: x}), *TEXTS)
door("Prompt template", lambda x: Prompt(template=x), "", " ", "-", "*", "A-B-O3", "Li0", "Li-Fe-0", "@@", "Li(2)", "Li?2?", "Li-Fe-Co-Ni-Mn-O-F-Cl-Br-I", "O99", "O1e5", "Li²", "{A", "Li.5", "💎", 5, 1.5, [], {}, object(), True, b"A-B", ["Li", "O"], "(Li)2", "O999999999999999999999999")
door("Prompt classes", lambda x: Prompt(template="A-O", classes=x), {}, {"B": "Li"}, {"A": ""}, {"A": "Xx"}, {"A": "Ti99x"}, {"A": None}, {"A": 5}, {"A": [5]}, "A=Li", 5, [], [("A", "Li")], {5: "Li"})
door("Prompt classes alone", lambda x: Prompt(classes=x), {"A": "Li"}, "A", 5, [1])
door("Prompt states", lambda x: Prompt(states=x), "", " ", "Fe+++x", "3+", "Xx2+", "Fe2+ 5", "💎", {}, {"Fe": "x"}, {"Fe": None}, {"Fe": [None]}, {"Xx": 2}, {5: 2}, {"Fe": NAN}, {"Fe": 2.5}, {"Fe": INF}, 5, 1.5, [], ["Fe2+"], object(), True, b"Fe2+")
for k in ("n_elements", "n_atoms"): door(f"Prompt {k}", lambda x, k=k: Prompt(**{k: x}), 0, -1, 99, HUGE, (5, 2), (0, 0), (1, 2, 3), (), [], "", "x", "2-", "4-2", "a-b", "1-2-3", NAN, INF, 2.5, (2.5, 3.5), {}, {"a": 1}, object(), True, b"3", (None, NAN), ("x", 2), 1 + 2j)
door("Prompt contradictions", lambda x: Prompt(**x), dict(system="Li-O", without="O"), dict(contains="Pb", without="Pb"), dict(within="Li-O", contains="Fe"), dict(system="Li-Fe-O", n_elements=2), dict(system="Li", within="Fe"), dict(within="Li-O", without="Li-O"), dict(template="A2-O3", classes={"A": "Fe"}, n_atoms=4), dict(contains="Li-Na-K-Rb-Cs-Be-Mg-Ca-Sr"), dict(template="?-?-?", n_elements=2), dict(within="Li", n_elements=3))
door("no formula obeys", lambda x: FormulaGenerator(prompt=Prompt(**x)), dict(within="Li-Na-K"), dict(contains="La"), dict(system="Na-Cl", n_atoms=3), dict(template="Na2-Cl"), dict(states="Na5+", contains="Na"), dict(system="Na-Cl", states={"Cl": 7}), dict(n_atoms=1))

# %% generators
WHOLE = [0, -1, NAN, INF, -INF, "x", "", "3", 1.5, [], {}, b"1", True, 1 + 2j, object(), (1, 2)]
SEED = [-1, NAN, INF, "x", "", 1.5, [], {}, object(), True, None, 1 + 2j]
shipped = {}
def model():
    if not shipped: shipped["all"] = CrysVCD.from_pretrained()
    return shipped["all"]
def hull():
    if "hull" not in shipped: shipped["hull"] = Hull()
    return shipped["hull"]
for k, bad in dict(strategy=["", "x", None, 5, []], temperature=[0, -1, NAN, INF, "x", None, [], 1j], top_p=[0, -1, 1.5, NAN, INF, "x", None, [], 1j], batch_size=WHOLE + [None], z=[0, -1, (), (0,), "x", (1, -1), 1.5, NAN, [None], {}, object()], seed=SEED, prompt=["Li", 5, {}, [], {"contains": "Li"}], model=["", "nowhere", "structure-flow", 5, None, [], {}, "/"], exclude=[5, None, "NaCl"]).items():
    door(f"FormulaGenerator {k}", lambda x, k=k: FormulaGenerator(**{"model": model().formulas["ionic"]} | {k: x}), *bad)
door("FormulaGenerator.sample", lambda x: FormulaGenerator(model().formulas["ionic"]).sample(x), -1, "x", None, 1.5, NAN, [], {})
for k, bad in dict(n=WHOLE + [None, HUGE], kind=["", "x", 5, [], {}], formula=["", "Na150Cl150"], seed=SEED, max_atoms=WHOLE + [None, HUGE, 201], max_doubt=[0, -1, 2, NAN, INF, "x", [], True, 1j], prompt=["Li", 5, {}, [], {"contains": "Li"}], out=[5, 1.5, [], object(), b"x", "a\0b"]).items():
    door(f"generate {k}", lambda x, k=k: model().generate(**{"n": 1, "progress": False} | {k: x}), *bad)
for k in ("ionic", "alloy", "structure"): door(f"from_pretrained {k}", lambda x, k=k: CrysVCD.from_pretrained(**{k: x}), "", "nowhere", "/", "a\0b", "structure-flow" if k != "structure" else "formula-ionic", "formula-ionic" if k == "alloy" else "formula-alloy", 5, None, [], {}, object(), "../" * 50)
for k, bad in dict(z=[0, -1, (), [], "x", (1, 0), 1.5, NAN, None, {}, object(), HUGE], k=WHOLE + [None], seed=SEED, structures=["", "nowhere", "formula-ionic", 5, None, [], object()]).items():
    door(f"predict {k}", lambda x, k=k: predict("NaCl", **{"structures": model().structures, "progress": False} | {k: x}), *bad)
door("find_weights", find_weights, "", ".", "nowhere", 5, None, [], {}, "a\0b", b"x", "x" * 5000)
door("write_formulas format", lambda x: write_formulas(["NaCl"], format=x), "", "x", 5, [], {}, "TXT")
door("write_formulas file", lambda x: write_formulas(["NaCl"], x), "x.nope", "/dev/null/x.csv", "/", 5, [], object(), "a\0b.csv")
door("write_formulas n", lambda x: write_formulas(["NaCl"], format="txt", n=x), -1, "x", 1.5, NAN, [])
door("write_formulas options", lambda x: write_formulas(["NaCl"], format="diffcsp", **x), {"colour": 1}, {"num_evals": "x"}, {"num_evals": None}, {"num_evals": NAN})
door("write_formulas", lambda x: write_formulas(x, format="txt"), 5, None, FormulaGenerator)
door("audit mode", lambda x: audit("NaCl", x), "", "x", None, 5, [])
door("draw", draw, [], None, 5, "x", [5], ["NaCl"])

# %% crystals from Python
NO_CELLS = [Atoms("Cu"), Atoms(), Atoms("Cu", cell=np.zeros((3, 3)), pbc=True)]
NO_NUMBERS = [Atoms("Cu", cell=np.full((3, 3), NAN), pbc=True), Atoms("Cu", positions=[[NAN] * 3], cell=np.eye(3) * 3, pbc=True), Atoms("X", cell=np.eye(3) * 3, pbc=True)]
NO_CRYSTALS = [None, 5, 1.5, NAN, [], {}, object(), "", "/nowhere.cif", "a\0b", "/", ".", b"x", Path("/nowhere"), pd.DataFrame(), np.eye(3), Structure, "data_x", "NaCl"]
for name, f in dict(as_structure=as_structure, to_atoms=to_atoms, relax=lambda x: relax(x, EMT()), phonon_stability=lambda x: phonon_stability(x, EMT()), conductivity=lambda x: conductivity(x, EMT()), dft=dft, tight_relax=lambda x: tight_relax(x, EMT()), result_key=lambda x: result_key("k", x), is_plausible=is_plausible).items(): door(f"crystal of {name}", f, *NO_CRYSTALS, *NO_CELLS * (name != "to_atoms"), *NO_NUMBERS * (name in ("phonon_stability", "conductivity", "dft", "tight_relax")))
door("gather", gather, [], (), "", "/nowhere", ["/nowhere"], Path("/nowhere"), "a\0b")
door("unique", unique, None, 5, [5], ["x"], "x")
door("unique matcher", lambda x: unique([], x), "x", 5, {}, [1])
door("from_structures", from_structures, None, 5, [5], [None], ["x"], "x")

# %% judges
POSITIVE = [0, -1, NAN, INF, -INF, "x", "", "0.1", None, [], {}, 1j, object(), b"1", (1, 2)]
for k in ("fmax", "smax"):
    for name, f in dict(relax=relax, tight_relax=tight_relax, phonon_stability=phonon_stability, conductivity=conductivity).items(): door(f"{name} {k}", lambda x, k=k, f=f: f(cu, EMT(), **{k: x}), *POSITIVE)
for name, f in dict(relax=relax, tight_relax=tight_relax).items(): door(f"{name} steps", lambda x, f=f: f(cu, EMT(), steps=x), -1, NAN, INF, "x", "", None, [], {}, 1.5, 1j, object())
door("relax optimizer", lambda x: relax(cu, EMT(), optimizer=x), "", "x", 5, None, [], int, "os", "bfgs", "Optimizer ")
door("relax_all engine", lambda x: list(relax_all([cu], EMT(), x, progress=False)), "", "x", 5, [], "Batch")
door("relax_all settings", lambda x: list(relax_all([cu], EMT(), progress=False, **x)), dict(colour=1), dict(engine="batch", cell=False), dict(steps="x"), dict(optimizer="x"), dict(fmax=-1), dict(fmax="x"))
door("potential", potential, "", "x", "CHGNET", 5, None, [], {}, object(), "/nowhere.nqx", "/nowhere.pth", ".", b"chgnet", EMT)
door("register_potential", lambda x: register_potential(*x), ("fuzz", None), ("fuzz", 5), ("fuzz", "EMT"), ("", EMT), (None, EMT), (5, EMT), ("fuzz", EMT, "MP"), ("fuzz", EMT, 5), ("fuzz", EMT, "mp2020"))
for k, bad in dict(displacement=POSITIVE, min_length=POSITIVE, max_atoms=[0, -1, NAN, "x", None, []], threshold=POSITIVE, q=["", "x", 5, None, []], q_length=POSITIVE, steps=[0, -1, NAN, INF, "x", None, []]).items(): door(f"phonon_stability {k}", lambda x, k=k: phonon_stability(cu, EMT(), **{k: x}), *bad)
for k, bad in dict(temperatures=[(), (0,), (-1,), (NAN,), (INF,), ("x",), None, 300, "300", {}, [None], [[300]]], length=POSITIVE, length3=POSITIVE, supercells=[5, "x", (), (1, 2), [[1]], np.zeros((2, 3, 3)), np.full((2, 3, 3), NAN), np.full((2, 3, 3), 0.5), {}], cutoff=[0, -1, NAN, INF, "x", [], {}, 0.5, True], snapshots=[0, -1, 1.5, NAN, "x", [], {}, True], mesh=[0, -1, NAN, INF, "x", [], (1, 2), (0, 1, 1), (1.5, 1, 1), None, {}], displacement=POSITIVE, threshold=POSITIVE, steps=[0, -1, NAN, "x", None, []], max_atoms=[0, -1, NAN, "x", "", None, [], {}, 1j], folder=["a\0b", 5, []]).items(): door(f"conductivity {k}", lambda x, k=k: conductivity(cu, EMT(), **{k: x}), *bad)
for k, bad in dict(cutoff=POSITIVE, mesh=POSITIVE, force=POSITIVE, data=["/nowhere", 5, [], "a\0b"], command=["", " ", "nothing-of-this-name", 5, None, [], "nothing -n 2"]).items(): door(f"dft {k}", lambda x, k=k: dft(bulk("Si"), **{k: x}), *bad)
for k, bad in dict(pot=["", "x", 5, None, [], object()], fmax=POSITIVE[:-1], smax=POSITIVE[:-1], steps=[-1, NAN, "x", None, [], 1.5, INF], max_atoms=[0, -1, NAN, "x", None, []], optimizer=["", "x", 5, None, "os"], phonon_limit=[NAN, INF, "x", [], {}]).items(): door(f"Settings {k}", lambda x, k=k: evaluate([cu], Settings(**{k: x}), progress=False), *(x for x in bad if not (x is INF and k in ("fmax", "smax"))))
door("Settings phonon_pot", lambda x: evaluate([cu], Settings(phonons=True, phonon_pot=x), progress=False), "x", 5, [], object())
door("evaluate settings", lambda x: evaluate([cu], x, progress=False), "chgnet", 5, {"pot": "chgnet"}, ["x"], object())
door("evaluate workers", lambda x: evaluate([cu], workers=x, progress=False), 0, -1, "x", None, NAN, [], 1.5)
door("evaluate store", lambda x: evaluate([cu], store=x, progress=False), "/", "/nowhere/\0", 5, [], "/proc/x.db")
door("evaluate hull", lambda x: evaluate([cu], Settings(max_atoms=1), hull=x, progress=False), "x", 5, {"a": 1}, [1])
door("evaluate reference", lambda x: evaluate([cu], Settings(max_atoms=1), reference=x, progress=False), "x", 5, {"a": 1}, [1])
door("Hull", Hull, pd.DataFrame(), pd.DataFrame({"formula": ["NaCl"]}), pd.DataFrame({"formula": ["NaCl"], "energy": [NAN], "kind": ["compound"]}), "x", {}, [1])
door("Hull.stability", lambda x: hull().stability(*x), ("NaCl", NAN), ("NaCl", INF), ("NaCl", "x"), ("NaCl", None), ("Xx", 0.0), ("", 0.0), (None, 0.0), (5, 0.0), ("NaCl", []))
door("Hull.diagram", lambda x: hull().diagram(x), "", "Xx", [], "Na-Xx", "Rf", {})
door("hull_from_file", hull_from_file, "/nowhere", "", ".", 5, None, "x.pkl", "a\0b")
door("hull_from_entries", hull_from_entries, [], {})
door("Reference", Reference, 5, "x", "/nowhere", [5], [None], {"a": 1}, object())
door("shares", shares, pd.DataFrame(), pd.DataFrame({"id": [1]}), None, 5, "x", [])
door("sun", sun, pd.DataFrame(), pd.DataFrame({"id": [1]}))
door("report", lambda x: report(x, out="/dev/null/x"), pd.DataFrame(), pd.DataFrame({"x": [1]}), None, 5, [], "x")
door("report out", lambda x: report(pd.DataFrame({"id": ["a"]}), out=x), "/dev/null/a/b.html", "/", "", "a\0b", 5, None, [])
door("sift", lambda x: sift(["NaCl"], x), {}, [], 5, "x", {"a": 5}, {5: len}, {"a": lambda r: 1 / 0})
door("sift crystals", sift, [5], [None], ["Xx"], [""], [{"Na": -1}])

# %% store, keys
door("Store", Store, "/", "/proc/x.db", "/dev/null/x.db", "a\0b", 5, None, [], {}, object(), "")
door("result_key settings", lambda x: result_key("k", cu, settings=x), {"a": object()}, {"a": len}, {5: object()}, 5, "x", [object()])
door("result_key pot", lambda x: result_key("k", cu, x), "x", 5, [], object(), {"a": 1})
door("result_key kind", lambda x: result_key(x, cu), None, 5, [], object(), b"k", NAN)
door("encode", encode, object(), len, {1, 2}, b"x", Prompt, range(3), [object()], {"a": len}, np.array([object()]))

# %% guidance
door("Property", lambda x: Property(*x).check(), ("",), (None,), (5,), ("a", "x"), ("a", None), ("a", 5), ("a", "continuous", False, NAN), ("a", "continuous", False, "x"), ("a", "continuous", False, []))
for kind in ("continuous", "binary"): door(f"Property.fit {kind}", Property("a", kind).fit, [], [None], [NAN], ["x"], [1, 1], [INF, 1], [[1], [2]], None, 5, "x", [object()], {"a": 1})
door("Property.fit log", Property("a", log=True).fit, [0, 1], [-1, 1], [NAN], [1, 1])
p = Property("a").fit([0.0, 1.0, 2.0])
door("wished", lambda x: wished(p, x), "", "x", None, [], {}, "<= x", "<", "1 .. ", ".. 1", "2 .. 1", (2, 1), (1, 2, 3), (), "nan", "inf", NAN, 1e9, "> 1e9", "<= -5", (NAN, 1), ("x", 1), object(), b"1", "1..2..3", True, 1j)
door("wished binary", lambda x: wished(Property("a", "binary").fit([0, 1]), x), "", "x", None, 2, 0.5, [], "maybe", NAN)
door("bounds", lambda x: bounds("a", x), "", "x", None, [], {}, "<=", "1..", "..", (1,), (1, 2, 3), NAN, INF, "nan .. 1", "💎", object(), b"1")
door("ask", lambda x: ask(x), None, 5, {}, [], "x", {"nothing": "<= 1"}, {"e_above_hull": "x"}, {5: 1})
door("ask formulas", lambda x: ask({"a": 1}, x), 5, "nowhere", {"ionic": "nowhere"}, {"salt": "formula-ionic"}, {"ionic": 5}, {"ionic": "formula-ionic"}, [])
door("stable wish", stable, "x", None, [], "> 1e9", NAN, "<= -50", {})
door("stable weight", lambda x: stable(weight=x), -1, NAN, INF, "x", None, [])
door("load_conditional", load_conditional, "", "nowhere", "formula-ionic", 5, None, [])
salt = label("NaCl")
for k, bad in dict(assignments=[[], None, 5, "x", ["NaCl"], [5]], labels=[{}, None, 5, "x", {"a": [1]}, {"b": [1, 2]}, {"a": ["x", "y"]}, {"a": [NAN, NAN]}, {"a": [1, 1]}, {"a": [INF, 1]}], properties=["", "b", None, 5, [], ["a", "a"], [5], Property("b"), Property("a", "x"), Property("a", "binary"), Property("a", log=True)], folder=[5, None, "", "/dev/null/x", "/proc/x", "formula-ionic", "a\0b", []], start=["", "nowhere", "structure-flow", 5, None, []], cfg=[5, "x", TrainConfig(), TrainConfig(steps=-1), TrainConfig(steps=1, lr=NAN), TrainConfig(steps="x")], batch_size=[0, -1, 1.5, "x", None, True, NAN], drop=[-1, 2, NAN, "x", None, []]).items():
    door(f"finetune_formula {k}", lambda x, k=k: finetune_formula(**dict(assignments=[salt, label("MgO")], labels={"a": [0.0, 2.0]}, properties="a", folder=str(find_weights("formula-ionic")), cfg=TrainConfig(steps=1)) | ({"folder": "/dev/null/x"} if k not in ("folder", "start") else {}) | {k: find_weights(x) if x == "formula-ionic" else x}), *bad)

# %% training
for k, bad in dict(steps=POSITIVE[:-1] + [1.5], minutes=POSITIVE[:-1], lr=POSITIVE, warmup=[-1, NAN, INF, "x", None, []], weight_decay=[-1, NAN, INF, "x", None, []], clip=POSITIVE, ema=[-1, 1, 2, NAN, "x", None, []], seed=SEED, validate_every=POSITIVE + [1.5], checkpoint_every=[-1, NAN, "x", None, []], device=["", "x", "cuda:99", 5, None, [], "meta "], workers=[-1, NAN, "x", None, [], 1.5]).items(): door(f"TrainConfig {k}", lambda x, k=k: TrainConfig(**({} if k in ("steps", "minutes") else {"steps": 1}) | {k: x}).check(), *bad)
door("choose", lambda x: choose(FORMULA_RECIPES, **x).check(), dict(recipe="x"), dict(recipe=5), dict(config="/nowhere"), dict(recipe="paper", config="x"), dict(kind="x"), dict(kind=5), dict(batch_size=0), dict(batch_size="x"), dict(lr=NAN), dict(dropout=2), dict(steps=0), dict(seed=-1), dict(mode="x"))
door("choose structure", lambda x: choose(STRUCTURE_RECIPES, **x).check(), dict(method="x"), dict(method=5), dict(width=0), dict(width="x"), dict(width=HUGE), dict(dropout=NAN), dict(minutes=-1), dict(device="x"))
door("load_crystals", load_crystals, "/nowhere", "a\0b", 5, [], {}, "", object())
c = dict(crystals=1, rounds=0)
for k, bad in dict(wish=[None, {}, 5, "x", [], {"e_above_hull": "x"}, {"e_above_hull": None}, {"e_above_hull": 0}, {"e_above_hull": []}, {5: "<= 1"}, {"e_above_hull": "2 .. 1"}], weight=[-1, NAN, INF, "x", None, []], crystals=[0, -1, "x", None, 1.5, NAN, [], HUGE], rounds=[-1, "x", None, 1.5, NAN, []], arms=[[], "conditional", [5], ["a", "a"], ["../x"], None, 5, [""], ["a b"]], hours=[0, -1, NAN, INF, "x", []], most_crystals=[0, -1, "x", 1.5, []], kind=["", "x", None, 5], max_atoms=[0, -1, HUGE, "x", None, 1.5], max_doubt=[0, 2, NAN, "x", []], seed=[-1, "x", None, 1.5], ionic=["", "nowhere", 5, None], alloy=["nowhere", 5], structure=["nowhere", "formula-ionic", 5, None], data=[5, []], hull_formulas=["x", 5, None], share=[-1, 1, NAN, "x", None], labels=["x", [5], ["a", "a"], None, 5], plugins=["x", [5], None, 5], judge=[5, "x", [], None], formula_training=[5, "x", {"steps": 0}, {"speed": 1}, {"lr": "x"}, None], structure_training=[5, {"steps": -1}, {"speed": 1}]).items(): door(f"CampaignConfig {k}", lambda x, k=k: CampaignConfig(**c | {k: x}).check(), *bad)
door("read_campaign", read_campaign, "/nowhere.toml", "/nowhere.json", "/", 5, None, "a\0b.toml", [])
door("read_settings", read_settings, "/nowhere.toml", "/", "", 5, None, "a\0b.json", [])
door("fulfils", lambda x: fulfils(x, pd.DataFrame({"a": [1.0]})), {}, None, 5, [], "x", {"a": "x"}, {"a": None}, {"a": []})
door("register_label", lambda x: register_label(*x), ("x", None), ("x", 5), (5, len), (None, len), ("id", len), ("e_above_hull", len), ("round", len), ("", len))
door("measure", lambda x: measure(x, {"a": as_structure(cu)}, None), ["nothing"], [5])
for k, bad in dict(kinds=["", "x", (), [], None, 5, ("relax", "x"), {}], min_length=POSITIVE + [1e6], displacement=POSITIVE + [5], max_atoms=[0, -1, NAN, INF, "x", None, []], out=["/dev/null/x", "/proc/x", "a\0b", 5, None, []]).items(): door(f"export_vasp {k}", lambda x, k=k: export_vasp([cu], **dict(out="/dev/null/x", kinds=("relax",)) | {k: x}), *bad)
door("import_vasp", import_vasp, "/nowhere", "/", "", "a\0b", 5, None, [])
door("read_phonons", read_phonons, "/nowhere", "/", 5, None, "a\0b")


@pytest.mark.parametrize("name", CASES)
def test_doors(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    wrong = [f"{x!r:.60}: {w}" for call, x in CASES[name] if (w := said(call, x))]
    assert not wrong, "\n".join(wrong)


# %% files
salt_crystal = Structure(Lattice.cubic(4.12), ["Cs", "Cl"], [[0, 0, 0], [0.5, 0.5, 0.5]]); CIF = salt_crystal.to(fmt="cif")
def damaged(text: str) -> dict:
    "name → bytes: what becomes of files"
    b = text.encode(); half = len(b) // 2
    return {"empty": b"", "blank": b" \n\n", "zeros": bytes(500), "binary": bytes(range(256)) * 20, "cut": b[:half], "tail": b[half:], "one": b[:1], "utf16": text.encode("utf-16"), "latin": text.replace("a", "é").encode("latin-1"), "nan": re.sub(r"\d+\.\d+", "nan", text).encode(), "inf": re.sub(r"\d+\.\d+", "inf", text).encode(), "huge": re.sub(r"\d+\.\d+", "1e400", text).encode(),
            "words": re.sub(r"\d+\.\d+", "many", text).encode(), "negative": re.sub(r"(?<![\d.])\d+\.\d+", "-1.0", text).encode(), "zero": re.sub(r"\d+\.\d+", "0.0", text).encode(), "unicode": ("💎" * 50).encode(), "html": b"<html><body>404</body></html>", "json": b'{"a": [1, 2', "gzip": gzip.compress(b)[:40], "pickle": b"\x80\x04\x95\x0c", "zip": b"PK\x03\x04" + b[:50], "long": b"x" * 100_000, "null": b[:half] + b"\0" * 9 + b[half:]}


def crystal_files(folder: Path) -> list:
    "Damaged crystals in every format that is read"
    s, out = salt_crystal, []
    for suffix, text in {".cif": s.to(fmt="cif"), ".vasp": s.to(fmt="poscar"), ".json": s.to(fmt="json"), ".extxyz": extxyz(s), ".xyz": "2\n\nNa 0.0 0.0 0.0\nCl 2.8 0.0 0.0\n", ".res": "TITL x\nCELL 1 4.0 4.0 4.0 90.0 90.0 90.0\nSFAC Na\nNa 1 0.0 0.0 0.0 1.0\nEND\n", ".nope": s.to(fmt="cif")}.items():
        for name, b in damaged(text).items(): out.append(folder / f"{name}{suffix}"); out[-1].write_bytes(b)
    return out


def extxyz(s: Structure) -> str:
    f = io.StringIO(); ase.io.write(f, s.to_ase_atoms(msonable=False), format="extxyz"); return f.getvalue()


def sound(s) -> bool: return isinstance(s, Structure) and len(s) > 0


def test_crystal_files(tmp_path):
    "A damaged file is an error, or still a crystal; a folder of them is a table with a reason each"
    files, wrong, read = crystal_files(tmp_path), [], 0
    for f in files:
        try: read += sound(as_structure(f)) or wrong.append(f"{f.name}: no atoms")
        except CrysVCDError: pass
        except Exception as e: wrong.append(f"{f.name}: {type(e).__name__}: {e}")
    assert not wrong and read < len(files) / 3, (wrong, read)
    items = gather(tmp_path)
    assert len(items) >= len(files) - 25 - 25 and all((i.structure is None) == bool(i.reason) for i in items)
    t = audit_files([tmp_path]); assert len(t) and set(t.verdict) <= {"balanced", "alloy", "unbalanced", "outside vocabulary", "too large", "not a formula", "unreadable"}
    t = audit_table([*files, "nothing", None, 5, object(), {"Na": NAN}, b"x", NAN]); assert len(t) > len(files)
    t = evaluate(tmp_path, Settings(pot="chgnet", max_atoms=1), progress=False); assert len(t) == len(items) and not t.energy.notna().any()
    t = export_vasp(tmp_path, tmp_path / "v"); assert len(t) == len(items)
    with pytest.raises(CrysVCDError): Reference(tmp_path / "empty.cif")


TABLES = {"nothing": "", "header": "material_id,cif\n", "no cif": "a,b\n1,2\n", "no rows": "cif\n", "words": "material_id,cif\n1,hello\n", "ragged": "material_id,cif\n1,2,3,4\n5\n", "quote": 'material_id,cif\n1,"data_x\n', "twice": "cif,cif\na,b\n", "semicolons": "material_id;cif\n1;2\n", "numbers": "material_id,cif\n1,2\n3,nan\n", "unicode": "material_id,cif\n💎,💎\n", "null": "material_id,cif\n1,a\0b\n", "json": '{"cif": 1}', "wide": ",".join(f"c{i}" for i in range(3000)) + "\n1\n"}
def test_tables(tmp_path):
    "Tables that hold no crystal; ids that occur twice, numbers that are none"
    wrong = []
    for name, text in {**TABLES, **{k: v for k, v in damaged("material_id,cif,e_above_hull\nmp-1,data_x,0.01\n").items()}}.items():
        for suffix in (".csv", ".csv.gz"):
            f = tmp_path / f"{name}{suffix}"; f.write_bytes(text if isinstance(text, bytes) else text.encode())
            if (w := said(lambda x: load_crystals(x, cache=False), f)) and "Crystals: 0 crystals" not in w: wrong.append(f"{f.name}: {w}")
    assert not wrong, "\n".join(wrong)
    good = pd.DataFrame({"material_id": ["a", "a", "b"], "cif": [CIF] * 3, "e_above_hull": ["0.01", "x", "inf"]}); good.to_csv(tmp_path / "t.csv", index=False)
    c = load_crystals(tmp_path / "t.csv", elements=None, cache=False); assert len(c) + len(c.dropped) == 3 and len(c) < 3 and len(set(c.id)) == len(c)


SETTINGS = ["[]", "{}", "null", "5", '"x"', "{", '{"wish": 5}', '{"crystals": "many"}', '{"crystals": 1e400}', '{"crystals": NaN}', '{"crystals": -1}', '{"a": 1}', '{"wish": {"e_above_hull": [1, 2, 3]}}', '{"rounds": 1.5}', '{"judge": {"pot": "magic"}}', '{"judge": {"fmax": "x"}}', '{"judge": {"nope": 1}}', '{"arms": []}', '{"labels": ["nothing"]}', '{"plugins": ["/nowhere.py"]}', "\0", "💎", '{"crystals": 1, "crystals": "x"}']
TOML = ["crystals = ", "crystals = 'x'", "crystals = nan", "crystals = inf", "[wish", "[wish]\ne_above_hull = []", "= 5", "crystals = 1\ncrystals = 2", "crystals = 99999999999999999999999", "wish = 5", "[judge]\nfmax = 'x'", "[judge]\nnope = 1", "💎 = 1", "crystals = 2020-01-01", "arms = 'x'", "arms = [1]", "seed = -1", "kind = 'salt'", "kind = 5", "structure = '/'", "max_atoms = 0", "share = 1.0", "[formula_training]\nlr = 'fast'", "[structure_training]\nsteps = 0", "hours = 0", "\0"]
def test_settings_files(tmp_path):
    wrong = []
    for suffix, texts in ((".json", SETTINGS), (".toml", TOML)):
        for i, b in enumerate([t.encode() for t in texts] + list(damaged('{"crystals": 100.5}' if suffix == ".json" else "crystals = 100.5").values())):
            f = tmp_path / f"{i}{suffix}"; f.write_bytes(b)
            for read in (lambda x: Campaign(read_campaign(x), tmp_path / "c"), lambda x: choose(FORMULA_RECIPES, config=x, steps=1).check(), lambda x: choose(STRUCTURE_RECIPES, config=x, steps=1).check()):
                w = said(read, f)
                if w and not (b.strip() in (b"{}", b"") and w.startswith("no error")): wrong.append(f"{f.name} {b[:50]!r}: {w}")
    assert not wrong, "\n".join(wrong)


def test_hulls_weights_and_states(tmp_path):
    "Damaged hulls, weights, tables of oxidation states, VASP folders, stored tables"
    wrong, w = [], tmp_path / "w"
    for name, b in damaged('{"entries": [1.5, 2.5]}').items():
        f = tmp_path / name; f.write_bytes(b)
        for read, suffix in ((hull_from_file, ".json"), (hull_from_file, ".json.gz"), (hull_from_file, ".npz"), (read_crystals, ".npz"), (load_tensors, ".safetensors"), (potential, ".nqx"), (lambda x: potential(x).calculator, ".nqx"), (lambda x: potential(x).calculator, ".pth")):
            g = f.with_suffix(suffix); g.write_bytes(b)
            if (x := said(read, g)) and not (suffix == ".nqx" and x.startswith("no error")): wrong.append(f"{read} {g.name}: {x}")
        if (x := said(read_states, f)) and not (b.strip() == b"" or x.startswith("no error")): wrong.append(f"read_states {f.name}: {x}")
        w.mkdir(exist_ok=True); (w / "config.json").write_bytes(b)
        for read in (load_config, CrysVCD.from_pretrained):
            if (x := said(read, w)) and not x.startswith("no error, but \"{'entries'"): wrong.append(f"{read} {name}: {x}")
        for r in ("vasprun.xml", "OUTCAR", "POSCAR", "crystal.json", "phonopy_disp.yaml"):
            d = tmp_path / "v" / name / r.split(".")[0]; d.mkdir(parents=True, exist_ok=True); (d / r).write_bytes(b)
            if read_vasp(d).status != "failed": wrong.append(f"read_vasp {name} {r}")
            if (x := said(read_phonons, d)): wrong.append(f"read_phonons {name} {r}: {x}")
    assert not wrong, "\n".join(wrong)


def test_damaged_stores(tmp_path):
    "A store that is none, or was cut, says so; what it cannot hold changes nothing"
    good = Store(tmp_path / "good.db"); good.put("k", "thing", {"a": 1}, cu); b = (tmp_path / "good.db").read_bytes(); wrong = []
    for name, bad in {**damaged("x" * 4000), "cut": b[:len(b) // 2], "head": b[:100], "turned": b[:4096] + bytes(len(b) - 4096), "flipped": b[:200] + bytes(x ^ 255 for x in b[200:])}.items():
        f = tmp_path / f"{name}.db"; f.write_bytes(bad)
        if name in ("empty", "one"): continue # SQLite's way to begin
        if x := said(lambda f: (Store(f).put("k2", "thing", {"a": 1}), Store(f).get("k"), Store(f).table()), f): wrong.append(f"{name}: {x}")
    for value in ({"a": object()}, {5: 1}, {"a b": 1}, {"class": len}, 5, None, "x", [1], {"a": {1, 2}}, {"a": b"x"}, {"a": np.array([object()])}):
        if x := said(lambda v: good.put("new", "thing", v), value): wrong.append(f"put {value!r}: {x}")
    for key in (None, 5, "", [], b"k"):
        if x := said(lambda k: good.put(k, "thing", {"a": 1}), key): wrong.append(f"key {key!r}: {x}")
    assert not wrong and len(good) == 1 and good.get("k") == {"a": 1}, "\n".join(wrong)


# %% any text, any damage
WORDS = st.text(max_size=25) | st.from_regex(r"[A-Z][a-z]?[0-9.+\-?*]{0,3}([- ,;]?[A-Z?][a-z]?[0-9+\-]{0,3}){0,4}", fullmatch=True)
def answers(call, *x):
    "The answer, None for a clear error; anything else is raised"
    try: return call(*x)
    except CrysVCDError as e: assert str(e)


@settings(FUZZ, max_examples=250)
@given(WORDS)
def test_any_text(text):
    if (a := answers(label, text)) is not None: assert a.charge == 0 and sum(a.values()) > 0
    if (s := answers(Species.parse, text)) is not None: assert str(s.parse(str(s))) == str(s)
    if (a := answers(Assignment.parse, text)) is not None: assert Assignment.parse(str(a)) == a
    for k in ("system", "contains", "without", "template", "states", "n_atoms"): answers(lambda: Prompt(**{k: text}))
    for x in answers(lambda: assignments(text)) or (): assert x.charge == 0
    answers(bounds, "a", text); answers(find_weights, text); answers(potential, text); answers(cells_of, text); assert audit(text).verdict
    answers(lambda: Prompt(template=text, classes={"A": text}))


@settings(FUZZ, max_examples=150)
@given(st.data())
def test_any_damage(tmp_path_factory, data):
    "A byte changed, a piece cut out or doubled: a crystal all the same, or a clear error"
    fmt = data.draw(st.sampled_from(["cif", "poscar", "json"])); b = salt_crystal.to(fmt=fmt).encode()
    i = data.draw(st.integers(0, len(b) - 1)); n = data.draw(st.integers(0, 40)); new = data.draw(st.binary(max_size=6) | st.sampled_from([b"nan", b"-", b"1e9", b"0", b"\n", b"'", b"_"]))
    f = tmp_path_factory.mktemp("f") / f"x.{'vasp' if fmt == 'poscar' else fmt}"; f.write_bytes(b[:i] + new + b[i + n:])
    s = answers(as_structure, f)
    if s is not None: assert sound(s)
    for x in gather(f): assert x.reason or np.isfinite(x.structure.lattice.matrix).all()


@settings(FUZZ, max_examples=100)
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8), lambda x: st.lists(x, max_size=3) | st.dictionaries(st.text(max_size=6), x, max_size=3), max_leaves=8))
def test_any_value(x):
    "Whatever a value may be: a setting says that it is none of its, and what can be stored comes back"
    for k in ("wish", "crystals", "arms", "judge", "weight", "kind"): answers(lambda: CampaignConfig(**{"crystals": 1, "rounds": 0, k: x}).check())
    answers(lambda: wished(Property("a").fit([0.0, 1.0]), x)); answers(lambda: TrainConfig(steps=x).check()); answers(lambda: Prompt(n_atoms=x)); answers(label, x); answers(lambda: Prompt(system=x))
    from crysvcd.store import decode
    if (e := answers(encode, x)) is not None: assert repr(decode(json.loads(json.dumps(e)))) == repr(x)


# %% the command line: BASE makes a valid request up to its options; every option is then given what it cannot be
BASE = {"generate": "1", "predict": "NaCl --k 1 --z 1", "evaluate": "@good.cif --no-relax", "formulas": "1", "score": "NaCl", "label": "NaCl", "audit": "@good.cif", "dielectric": "@good.cif --no-springs", "conductivity": "@good.cif --screening --potential chgnet", "dft": "@good.cif --no-relax --no-dielectric", "campaign": "@good.toml", "export vasp": "@good.cif", "import vasp": "@folder", "train formula": "--data @table.csv --steps 1", "train structure": "--data @table.csv --steps 1"}
WORSE = {int: ("two", "1.5", "nan", "0x1", "", "1e3", "💎"), float: ("fast", "", "1,5", "--", "💎")}
LINES = """--no-such-flag; -q; extra words here --no-such-flag; --help-me; --seed; --out
generate; generate two; generate 0; generate -1; generate 1.5; generate 99999999999; generate 1 2; generate 1 --kind salt; generate 1 --formula Xx; generate 1 --formula ""; generate 1 --formula NaF2; generate 1 --formula Na150Cl150; generate 1 --seed -1; generate 1 --max-atoms 0; generate 1 --max-atoms 999; generate 1 --system Xx; generate 1 --system ""; generate 1 --within Li-Na; generate 1 --contains Li --without Li; generate 1 --template @@; generate 1 --template A-B; generate 1 --classes A=Li; generate 1 --template A-O --classes A=Xx; generate 1 --template A-O --classes ";"; generate 1 --states x; generate 1 --elements 0; generate 1 --elements 9; generate 1 --elements x; generate 1 --atoms 0; generate 1 --atoms 4-2; generate 1 --max-doubt 0; generate 1 --max-doubt 2; generate 1 --max-doubt nan; generate 1 --guidance 2; generate 1 --stable --guidance -1; generate 1 --stable --guidance nan; generate 1 --stable --kind alloy; generate 1 --stable --ionic x; generate 1 --structure @bad.cif; generate 1 --structure formula-ionic; generate 1 --structure ""; generate 1 --ionic formula-alloy; generate 1 --alloy @folder; generate 1 --out @good.cif; generate 1 --out @good.cif/x; generate 1 --out /dev/null; generate 1 --out /proc/x; generate 1 --formula NaCl --system Na-Cl; generate 1 --formula NaCl --max-doubt 0.5; generate 1 --formula NaCl --kind alloy
predict; predict Xx; predict ""; predict NaF2; predict LaF3; predict NaCl --z 0; predict NaCl --z x; predict NaCl --z ""; predict NaCl --z 1.5; predict NaCl -k 0; predict NaCl -k -1; predict NaCl --seed -1; predict Na150Cl150 --exact-cell; predict NaCl --structure nowhere; predict NaCl --structure @bad.cif; predict NaCl --potential magic; predict NaCl --potential @bad.nqx; predict NaCl --potential ""; predict NaCl --out @good.cif; predict NaCl --out /dev/null; predict NaCl Xx --out p
evaluate; evaluate /nowhere; evaluate @folder; evaluate @good.cif --potential magic; evaluate @good.cif --potential @bad.nqx; evaluate @good.cif --potential @bad.pth; evaluate @good.cif --potential ""; evaluate @good.cif --fmax 0; evaluate @good.cif --fmax nan; evaluate @good.cif --steps -1; evaluate @good.cif --max-atoms 0; evaluate @good.cif --workers 0; evaluate @good.cif --workers -1; evaluate @good.cif --phonon-limit 0.1; evaluate @good.cif --phonon-potential chgnet; evaluate @good.cif --phonons --phonon-limit nan; evaluate @good.cif --phonons --phonon-potential magic; evaluate @good.cif --store @bad.cif; evaluate @good.cif --store @folder; evaluate @good.cif --store /dev/null/x.db; evaluate @good.cif --store postgresql://nobody@localhost:1/x; evaluate @good.cif --out /dev/null; evaluate @good.cif --out @bad.cif; evaluate @bad.cif; evaluate @good.cif --scheduler nonsense; evaluate @bad.extxyz --no-relax; evaluate @empty.cif; evaluate @bad.json --no-relax; evaluate @good.cif --max-atoms 1
formulas; formulas 0; formulas -3; formulas x; formulas 1 --kind salt; formulas 1 --system Li-Xx; formulas 1 --within Li-Na; formulas 1 --contains La; formulas 1 --contains Pb --without Pb; formulas 1 --template @@; formulas 1 --template A-B-O3; formulas 1 --template O0; formulas 1 --classes A=Ca; formulas 1 --states Fe++x; formulas 1 --states 3+; formulas 1 --elements 9; formulas 1 --elements 3-; formulas 1 --atoms 0; formulas 1 --atoms nan; formulas 1 --z 0; formulas 1 --z x; formulas 1 --temperature 0; formulas 1 --temperature nan; formulas 1 --temperature -1; formulas 1 --top-p 7; formulas 1 --top-p 0; formulas 1 --exclude /nowhere; formulas 1 --exclude @folder; formulas 1 --exclude @binary.txt; formulas 1 --format nonsense; formulas 1 --format ""; formulas 1 --model structure-flow; formulas 1 --model @folder; formulas 1 --out /dev/null/x.csv; formulas 1 --out @folder; formulas 1 --seed -1; formulas 1 --strategy magic; formulas 1 --system Na-Cl --atoms 3
score; score Xx; score NaF2; score ""; score NaCl --model nowhere; score NaCl --model structure-flow; score --file /nowhere; score --file @folder; score --file @binary.txt; score --file @table.csv; score LaF3
label; label Xx; label ""; label NaF2; label LaF3; label NaCl --mode x; label NaCl --mode ""; label NaCl --states nothing; label NaCl --states @binary.txt; label NaCl --states @folder; label NaCl --states @bad.json; label NaCl --states @words.txt; label --file /nowhere; label --file @folder; label --file @binary.txt; label --file @table.csv; label NaCl Xx; label --json Xx; label --all NaF2; label --file @words.txt
audit; audit /nowhere; audit @folder; audit @bad.cif; audit @bad.json; audit @bad.extxyz; audit @binary.txt; audit @good.cif --mode x; audit @good.cif --states nothing; audit @good.cif --states @binary.txt; audit @good.cif --out /dev/null/x.csv; audit @good.cif --out @folder; audit @words.txt; audit @bad.zip; audit @bad.tar.gz; audit @bad.csv; audit ""
dielectric; dielectric /nowhere; dielectric @folder --no-springs; dielectric @bad.cif --no-springs; dielectric @binary.txt --no-springs; dielectric @good.cif --no-springs --out /dev/null/x.csv; dielectric @good.cif --no-springs --out @folder; dielectric @good.cif --no-springs --store @bad.cif; dielectric ""
conductivity; conductivity /nowhere --potential chgnet; conductivity @bad.cif --potential chgnet; conductivity @good.cif --potential magic; conductivity @good.cif --potential chgnet --temperature 0; conductivity @good.cif --potential chgnet --temperature nan; conductivity @good.cif --potential chgnet --out /dev/null; conductivity @good.cif --potential chgnet --out @bad.cif; conductivity ""
dft; dft /nowhere; dft @bad.cif; dft @good.cif --cutoff 0; dft @good.cif --mesh -1; dft @good.cif --mesh nan; dft @good.cif --command magic; dft @good.cif --command ""; dft @good.cif --out /dev/null; dft @good.cif --out @bad.cif; dft ""
campaign; campaign /nowhere.toml; campaign @folder; campaign @bad.toml; campaign @bad.json; campaign @words.txt; campaign @binary.txt; campaign @odd.toml; campaign @good.toml --rounds -1; campaign @good.toml --rounds x; campaign @good.toml --hours 0; campaign @good.toml --hours nan; campaign @good.toml --most-crystals 0; campaign @good.toml --out /dev/null; campaign @good.toml --out @bad.cif; campaign @good.toml --store @bad.cif; campaign @good.toml --store @folder; campaign @good.toml --workers 0; campaign ""
export; export vasp; export vasp /nowhere; export vasp @folder; export vasp @good.cif --kinds nonsense; export vasp @good.cif --kinds ""; export vasp @good.cif --kinds relax,x; export vasp @good.cif --min-length 0; export vasp @good.cif --min-length nan; export vasp @good.cif --max-atoms 0; export vasp @good.cif --out /dev/null; export vasp @good.cif --out @bad.cif; export vasp @bad.cif; export nonsense; export vasp @good.cif --potcar
import; import vasp; import vasp /nowhere; import vasp @folder; import vasp @good.cif; import vasp ""; import vasp @folder --beside /nowhere; import vasp @folder --store @bad.cif; import nonsense
train; train nothing; train formula --data /nowhere; train formula --data @folder; train formula --data @bad.csv; train formula --data @binary.txt; train formula --data @good.cif; train formula --data ""; train formula --steps 0; train formula --kind salt --steps 1; train formula --mode x --steps 1; train formula --recipe gpu; train formula --config /nowhere; train formula --config @bad.json; train formula --config @odd.toml; train formula --batch-size 0 --steps 1; train formula --lr -1; train formula --lr nan; train formula --ema 2; train formula --dropout 1; train formula --warmup -1; train formula --seed -1; train formula --device abacus; train formula --workers -1 --steps 1; train formula --validate-every 0; train formula --data @table.csv --steps 1 --out /dev/null; train formula --data @table.csv --steps 1 --start nowhere; train formula --data @table.csv --steps 1 --start structure-flow; train formula --data @table.csv --steps 1 --start @folder
train structure --method magic; train structure --data /nowhere; train structure --data @folder --steps 1; train structure --data @bad.csv --steps 1; train structure --width 0 --steps 1; train structure --width 99999 --steps 1; train structure --minutes 0; train structure --minutes -1; train structure --recipe day; train structure --config @bad.toml; train structure --bf16 perhaps; train structure --compile perhaps; train structure --start /nowhere --steps 1; train structure --start formula-ionic --steps 1 --data @table.csv; train structure --data @table.csv --steps 1 --out @good.cif; train structure --checkpoint-every -1
frobnicate; GENERATE 1; label--help; --version 1; -v; "" ; "generate 1"; 💎"""


def command_lines() -> list:
    from crysvcd.cli import COMMANDS
    lines = [l.strip() for row in LINES.splitlines() for l in row.replace('";"', "SEMICOLON").split(";")]
    for name, f in COMMANDS.items():
        lines += [f"{name} {BASE[name]} --nonsense 1", f"{name} --nonsense"]
        for k, p in signature(f).parameters.items():
            if p.annotation in WORSE and p.default is not p.empty: lines += [f"{name} {BASE[name]} --{k.replace('_', '-')}"] + [f"{name} {BASE[name]} --{k.replace('_', '-')} {shlex.quote(v)}" for v in WORSE[p.annotation] if not (p.annotation is float and v == "1e3")]
    return list(dict.fromkeys(l.replace("SEMICOLON", '";"') for l in lines))


@pytest.fixture
def files(tmp_path):
    "What @NAME stands for"
    bad = {"bad.cif": "data_x\n_cell_length_a nan\n", "empty.cif": "", "bad.extxyz": "2\n\nNa 0 0\n", "bad.json": '{"a": [1', "bad.toml": "crystals = ", "odd.toml": "speed = 1\n", "words.txt": "not a formula\nat all\n", "bad.csv": "material_id,cif\n1,x\n", "good.cif": CIF, "good.toml": "crystals = 1\nrounds = 0\n"}
    for name, t in bad.items(): (tmp_path / name).write_text(t)
    for name in ("binary.txt", "bad.nqx", "bad.pth", "bad.zip", "bad.tar.gz"): (tmp_path / name).write_bytes(bytes(range(256)) * 9)
    (tmp_path / "folder").mkdir(); pd.DataFrame({"material_id": [f"m{i}" for i in range(30)], "cif": [CIF] * 30}).to_csv(tmp_path / "table.csv", index=False)
    return tmp_path


def test_command_line(crysvcd, files, monkeypatch):
    "Exit status not 0, one line, no traceback, nothing unexpected"
    monkeypatch.setenv("CRYSVCD_DATA", str(files / "folder")); wrong, lines = [], command_lines()
    for line in lines:
        try: r = crysvcd(*(w.replace("@", f"{files}/") if re.match(r"@[a-z]", w) else w for w in shlex.split(line)))
        except SystemExit as e: wrong.append(f"{line}: exits by itself ({e})"); continue
        err = [l for l in r.stderr.splitlines() if l.strip() and not re.search(r"it/s|/it|s/it|\d%\||[Ww]arn", l)]
        if r.returncode in (0, 3, None) or "Traceback" in r.stderr or not (r.stdout or len(err) == 1 and err[0].startswith("crysvcd: ")): wrong.append(f"{line}: {r.returncode} {err[-2:]} {r.stdout[:60]!r}")
    assert not wrong, "\n".join(wrong)
    assert len(lines) > 500


def test_processes_of_their_own(shell):
    for args in (["label", "💎"], ["score", "--file", "/"]):
        r = shell(*args); assert "Traceback" not in r.stderr and r.returncode != 0 and len((r.stderr or r.stdout).strip().splitlines()) == 1


def test_how_many():
    "More than a thousand different bad inputs in all, without those that hypothesis makes"
    n = sum(map(len, CASES.values())) + 7 * len(damaged("x")) + 2 * (len(TABLES) + len(damaged("x"))) + 3 * (len(SETTINGS) + len(TOML)) + len(command_lines())
    assert n > 3000
