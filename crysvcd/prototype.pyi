from typing import Any, Self
__all__ = ['SYMPREC', 'SAME', 'BARE_SYMPREC', 'TABLE', 'slots', 'bare', 'same', 'positions', 'StructureType', 'classify', 'average', 'symmetric', 'finish', 'PrototypeLibrary', 'library', 'save_library', 'load_library']
import collections, functools, math, re, warnings
from dataclasses import dataclass, field
from pathlib import Path
import numpy as np
from fastcore.basics import patch
from pymatgen.analysis.structure_matcher import StructureMatcher
from pymatgen.core import Lattice, Structure
from pymatgen.symmetry.analyzer import SpacegroupAnalyzer
from tqdm.auto import tqdm
from .data import Crystals, CrysVCDError, niggli
from .template import pattern, permutations
def slots(s: Structure) -> tuple:
    ...
def bare(s: Structure, slot: np.ndarray) -> Structure:
    ...
SYMPREC = 0.1
SAME = StructureMatcher(ltol=0.2, stol=0.2, angle_tol=5, primitive_cell=False, attempt_supercell=False)
def same(a: Structure, b: Structure) -> bool:
    ...
def positions(s: Structure, slot: np.ndarray) -> tuple:
    ...
def _sizes(wyckoff: list) -> list:
    ...
@dataclass
class StructureType:
    number: int
    wyckoff: list
    structure: Structure
    rows: list = field(default_factory=list)
    elements: list = field(default_factory=list)
    automorphisms: list = field(default_factory=list)

    @property
    def counts(self) -> tuple:
        ...

    @property
    def orders(self) -> list:
        ...
def _order(t: StructureType, s: Structure, slot: np.ndarray, wyckoff: list):
    ...
def classify(crystals: Crystals) -> list:
    ...
def _metric_parameters(g: np.ndarray) -> tuple:
    ...
def average(structures: list) -> Structure:
    ...
BARE_SYMPREC = 0.1
def symmetric(s: Structure) -> Structure:
    ...
def _automorphisms(t: StructureType) -> list:
    ...
def finish(t: StructureType, crystals: Crystals, most: int=40) -> StructureType:
    ...
TABLE = Path(__file__).parent / 'tables/prototypes.npz' if '__file__' in globals() else Path('../crysvcd/tables/prototypes.npz')
@dataclass(repr=False)
class PrototypeLibrary:
    n_atoms: np.ndarray
    slot: np.ndarray
    frac: np.ndarray
    lattice: np.ndarray
    number: np.ndarray
    members: np.ndarray
    wyckoff: np.ndarray
    order: np.ndarray

    def __len__(self):
        ...

    def __repr__(self):
        ...

    @functools.cached_property
    def offset(self) -> np.ndarray:
        ...

    @functools.cached_property
    def by_counts(self) -> dict:
        ...

    def counts(self, i: int) -> tuple:
        ...

    @functools.cached_property
    def orders(self) -> list:
        ...

    def __getitem__(self, i: int) -> Structure:
        ...

    def place_of(self, s: Structure) -> tuple:
        ...

    def type_of(self, s: Structure) -> int:
        ...
def _sizes_of(text: str) -> list:
    ...
def library(types: list) -> PrototypeLibrary:
    ...
def save_library(lib: PrototypeLibrary, path: Path):
    ...
def load_library(path: Path=TABLE) -> PrototypeLibrary:
    ...
