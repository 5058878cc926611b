from typing import Any, Self
__all__ = ['STATES', 'LAST_RESORT', 'CHEMIST', 'TABLES', 'SMACT', 'ALLEN', 'CATENATING', 'ALONE', 'MIXED', 'PEROXIDE', 'HARD', 'HARD_ONLY', 'FLOOR', 'METAL_LINE', 'read_states', 'oxidation_states', 'Species', 'electronegativity', 'Assignment', 'ValenceError', 'cell_content', 'formula_text', 'Choice', 'choices', 'plausibility', 'allen', 'species_frequency', 'usual', 'surprise', 'bits', 'van_arkel', 'is_metal', 'assignments', 'label', 'label_table']
import itertools, json, math, numbers, re
from collections import Counter
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple
import numpy as np
import pandas as pd
from fastcore.basics import patch
from pymatgen.core import Composition, Element
from .data import Crystals, CrysVCDError, VALID_ELEMENTS, as_path
_TABLE = 'H -1 0 1; Li 0 1; Be 0 2; B 0 3; C -4 -3 -2 -1 0 1 2 3 4; N -3 -2 -1 3 5; O -2 -1; F -1; Na 0 1; Mg 0 2; Al 0 3; Si -4 0 4; P -3 0 1 3 5;\nS -2 -1 0 2 4 6; Cl -1 1 5 7; K 0 1; Ca 0 2; Sc 0 3; Ti 0 2 3 4; V 0 2 3 4 5; Cr 0 2 3 4 6; Mn 0 2 3 4 5 6 7; Fe 0 2 3 4; Co 0 2 3 4; Ni 0 2 3 4;\nCu 0 1 2 3 4; Zn 0 2; Ga 0 3; Ge -4 0 2 4; As -3 0 3 5; Se -2 -1 0 2 4 6; Br -1 1 5; Rb 0 1; Sr 0 2; Y 0 3; Zr 0 2 3 4; Nb 0 2 3 4 5; Mo 0 2 3 4 5 6;\nRu 0 2 3 4 5; Rh 0 3 4 5; Pd 0 2 4; Ag 0 1 2 3; Cd 0 2; In 0 1 3; Sn 0 2 4; Sb -3 0 3 5; Te -2 0 4 6; I -1 1 5 7; Cs 0 1; Ba 0 2; Hf 0 2 3 4;\nTa 0 3 4 5; W 0 3 4 5 6; Re 0 4 6 7; Os 0 4 5 6 8; Ir 0 3 4; Pt 0 2 4; Au 0 1 2 3 5; Hg 0 1 2; Tl 0 1 3; Pb 0 2 4; Bi -3 0 3 5'
STATES = {e: tuple(map(int, v)) for e, *v in (row.split() for row in _TABLE.split(';'))}
LAST_RESORT = {('O', -1), ('S', -1), ('Se', -1), ('N', -1), ('N', -2), ('Nb', 2)}
_MORE = 'N 1; O 2; Se 1; Te -1 2; P -2 -1 2 4; As -2 -1 1 2; Sb -2 -1; Bi -2 -1 1 2 4; B 1 2; Si -3 -2 -1 2 3; Ge -3 -2 -1 3; Sn -4 -3 -2 -1 1; Pb -4 -3 -2 -1; Br 3; I 3; Cl 3; Ga 1 2;\nIn 2; Cd 1; Zn 1; Sc 1 2; Y 1 2; Ti 1; Zr 1; Ta 2; Cr 5; Mo 1; W 2; Mn 1; Re 1 3 5; Fe 1 5 6; Ru 6; Os 7; Co 1; Rh 2; Ir 1 5 6; Ni 1; Pd 1 3; Pt -2 -1 3 5; Au -1'
_add = {e: tuple(map(int, v)) for e, *v in (row.split() for row in _MORE.split(';'))}
CHEMIST = {e: tuple(sorted(vs + _add.get(e, ()))) for e, vs in STATES.items()}
TABLES = {'paper': STATES, 'chemist': CHEMIST}
SMACT = {'smact14': 'smact14', 'icsd16': 'icsd16', 'icsd24': 'icsd24', 'pymatgen_sp': 'sp', 'wiki': 'wiki'}
def read_states(path: Path) -> dict:
    ...
@lru_cache(None)
def _smact_states(name: str) -> dict:
    ...
def _checked(states: dict) -> dict:
    ...
def oxidation_states(table=None, mode: str='chemist') -> dict:
    ...
_UP = str.maketrans('0123456789+-', '⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻')
_DOWN = str.maketrans('0123456789', '₀₁₂₃₄₅₆₇₈₉')
_PLAIN = str.maketrans('₀₁₂₃₄₅₆₇₈₉', '0123456789')
class Species(NamedTuple):
    element: str
    charge: int

    def __str__(self):
        ...

    @property
    def pretty(self) -> str:
        ...

    @classmethod
    def parse(cls, text: str) -> Self:
        ...
@lru_cache(None)
def electronegativity(element: str) -> float:
    ...
class Assignment(dict):

    def __init__(self, counts=()):
        ...

    @property
    def charge(self) -> int:
        ...

    @property
    def kind(self) -> str:
        ...

    @property
    def composition(self) -> Composition:
        ...

    @property
    def mixed(self) -> list:
        ...

    def __mul__(self, z: int):
        ...

    def __str__(self):
        ...

    def __hash__(self):
        ...

    @classmethod
    def parse(cls, text: str) -> Self:
        ...

    def ledger(self) -> str:
        ...

    def _repr_markdown_(self):
        ...

    def __repr__(self):
        ...
class ValenceError(CrysVCDError):
    reason: Any

    def __init__(self, message: str, reason: str):
        ...
_DOT = re.compile('\\s*[·•⋅∙]\\s*|\\.(?=\\d*H2O$)')
def _parsed(text: str) -> Composition:
    ...
def cell_content(formula) -> dict:
    ...
def formula_text(content: dict) -> str:
    ...
class Choice(NamedTuple):
    charge: int
    mixed: int
    counts: tuple
@lru_cache(100000)
def choices(states: tuple, n: int) -> tuple:
    ...
def _reachable(options: list, mixed: int) -> list:
    ...
def _walk(options: list, can: list, i: int, charge: int, mixed: int):
    ...
@lru_cache(None)
def _common(element: str) -> frozenset:
    ...
def plausibility(a: Assignment) -> tuple:
    ...
def _solve_paper(counts: dict, states: dict, every: bool) -> list:
    ...
def _known(counts: dict, states: dict):
    ...
def _alloy(counts: dict) -> Assignment:
    ...
def _none(counts: dict, hint: str=''):
    ...
def _without(states: dict, left_out: set, elements) -> dict:
    ...
def _label_paper(counts: dict, states: dict) -> Assignment:
    ...
_ALLEN = 'H 2.300 Li .912 Be 1.576 B 2.051 C 2.544 N 3.066 O 3.610 F 4.193 Na .869 Mg 1.293 Al 1.613 Si 1.916 P 2.253 S 2.589 Cl 2.869 K .734 Ca 1.034 Sc 1.19 Ti 1.38\nV 1.53 Cr 1.65 Mn 1.75 Fe 1.80 Co 1.84 Ni 1.88 Cu 1.85 Zn 1.588 Ga 1.756 Ge 1.994 As 2.211 Se 2.424 Br 2.685 Rb .706 Sr .963 Y 1.12 Zr 1.32 Nb 1.41 Mo 1.47 Ru 1.54 Rh 1.56\nPd 1.58 Ag 1.87 Cd 1.521 In 1.656 Sn 1.824 Sb 1.984 Te 2.158 I 2.359 Cs .659 Ba .881 Hf 1.16 Ta 1.34 W 1.47 Re 1.60 Os 1.65 Ir 1.68 Pt 1.72 Au 1.92 Hg 1.765 Tl 1.789 Pb 1.854 Bi 2.01'.split()
ALLEN = dict(zip(_ALLEN[::2], map(float, _ALLEN[1::2])))
CATENATING = {'N': 2, 'O': 1, 'P': 0, 'S': 0, 'As': 0, 'Se': 0, 'Br': 2, 'Sb': 0, 'Te': 0, 'I': 2}
ALONE = {('Ga', 2), ('In', 2), ('Si', 3), ('Ge', 3), ('P', 4), ('Te', 2), ('Au', 2), ('Zn', 1), ('Cd', 1), ('Pd', 3), ('Pt', 3), ('Bi', 4)}
def allen(element: str) -> float:
    ...
MIXED, PEROXIDE = (3.0, 2.0)
HARD = frozenset('NOF')
HARD_ONLY = {(e, v) for e, vs in {'Cr': [6], 'Mn': [4, 5, 6, 7], 'Fe': [4], 'Co': [4], 'Ni': [3, 4], 'Cu': [3, 4], 'Ag': [2, 3], 'Au': [5]}.items() for v in vs}
FLOOR = {True: 1.0, False: 0.05}
@lru_cache(None)
def species_frequency() -> dict:
    ...
def usual(element: str, charge: int, hard: bool=True) -> bool:
    ...
@lru_cache(None)
def surprise(element: str, charge: int, hard: bool=False) -> int:
    ...
def _cost(element: str, counts: tuple, hard: bool) -> int:
    ...
def bits(a: Assignment) -> float:
    ...
@lru_cache(100000)
def _charges(element: str, states: tuple, n: int, sign: int, hard: bool) -> tuple:
    ...
def _join(front: dict, ways: tuple, left: bool) -> dict:
    ...
def _fronts(elements: list, counts: dict, states: dict, sign: int) -> list:
    ...
def _solve_chemist(counts: dict, states: dict):
    ...
def _every_chemist(counts: dict, states: dict) -> list:
    ...
METAL_LINE = 2.08
def _mean_x(part: dict) -> float:
    ...
def _open_d(element: str) -> bool:
    ...
def van_arkel(a: Assignment) -> tuple:
    ...
def is_metal(a: Assignment) -> bool:
    ...
def _label_chemist(counts: dict, states: dict) -> Assignment:
    ...
_LABEL = {'paper': _label_paper, 'chemist': _label_chemist}
_EVERY = {'paper': lambda counts, states: _solve_paper(counts, states, every=True), 'chemist': _every_chemist}
def _label(counts: dict, states: dict, mode: str) -> Assignment:
    ...
def assignments(formula, states=None, mode: str='chemist') -> list:
    ...
def label(formula, states=None, mode: str='chemist') -> Assignment:
    ...
def label_table(crystals: Crystals, states=None, mode: str='chemist') -> pd.DataFrame:
    ...
