from typing import Any, Self
__all__ = ['POINT_KINDS', 'EXACT', 'CACHE', 'save_points', 'hull_points', 'elements_of', 'reduced_composition', 'Hull', 'elemental_references', 'mixture_text', 'Stability', 'hubbards', 'mp2020_correction', 'formation_energy', 'hull_from_entries', 'hull_from_file', 'hull_from_materials_project', 'typical_error', 'potential_hull', 'triangle', 'plot_ternary']
import copy, functools, importlib.util, itertools, json, math, numbers, os, re, warnings
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
import numpy as np
import pandas as pd
from ase import Atoms
from fastcore.basics import patch
from monty.json import MontyDecoder
from monty.serialization import zopen
from pymatgen.analysis.phase_diagram import PDEntry, PhaseDiagram
from pymatgen.core import Composition, Element, Structure
from pymatgen.entries.compatibility import MaterialsProject2020Compatibility
from pymatgen.entries.computed_entries import ComputedEntry, ComputedStructureEntry
from pymatgen.io.vasp.sets import MPRelaxSet
from tqdm.auto import tqdm
from .data import CrysVCDError, as_path
from .structure import as_structure
from .training import replacing
from .valence import cell_content
POINT_KINDS = ('2019', 'compound', 'mixture', 'element')
EXACT = ('compound', 'mixture')
def save_points(points: pd.DataFrame, path: Path):
    ...
def hull_points(path: Path=None) -> pd.DataFrame:
    ...
_SYMBOL = re.compile('[A-Z][a-z]?')
def elements_of(formula: str) -> frozenset:
    ...
def reduced_composition(crystal) -> Composition:
    ...
CACHE = 512
def _subsets(system) -> list:
    ...
def _checked(points: pd.DataFrame) -> pd.DataFrame:
    ...
class Hull:
    _rows: Any
    _systems: Any
    elements: Any
    points: Any
    name: Any
    references: Any
    _changes: Any
    _diagrams: Any

    def __init__(self, points: pd.DataFrame=None, references: dict=None, name: str='Materials Project'):
        ...

    def __repr__(self):
        ...

    def __getstate__(self):
        ...

    def known(self, formula: str) -> tuple:
        ...

    def compounds(self, system, without: str='') -> dict:
        ...

    def diagram(self, system, without: str='') -> PhaseDiagram:
        ...

    def energy(self, crystal) -> float:
        ...

    def competing(self, crystal) -> tuple:
        ...

    def stability(self, crystal, e_form: float) -> Stability:
        ...

    def table(self, crystals: list, e_form: list) -> pd.DataFrame:
        ...

    def _row(self, crystal, e_form: float) -> tuple:
        ...

    def distances(self, most_elements: int=5) -> pd.DataFrame:
        ...

    def judge(self, crystal, energy: float, potential='MP2020') -> Stability:
        ...

    def changed(self, energies: dict) -> Hull:
        ...

    def without(self, formula: str, also_converted: bool=False) -> Hull:
        ...
@functools.lru_cache
def _read_references() -> tuple:
    ...
def elemental_references() -> dict:
    ...
def mixture_text(amounts: dict) -> str:
    ...
@dataclass
class Stability:
    formula: str
    e_form: float
    e_above_hull: float = float('nan')
    e_hull: float = float('nan')
    e_decomposition: float = float('nan')
    decomposition: dict = field(default_factory=dict)
    competing: dict = field(default_factory=dict)
    source: str = ''
    reason: str = ''

    @property
    def covered(self) -> bool:
        ...

    def __repr__(self):
        ...

    def _repr_markdown_(self):
        ...
def _amounts(d: PhaseDiagram, c: Composition) -> dict:
    ...
_U = MPRelaxSet.CONFIG['INCAR']['LDAUU']
_GUESSED = frozenset('Br I Se Si Sb Te H N F Cl'.split())
def hubbards(composition: Composition) -> dict:
    ...
@functools.lru_cache(4096)
def _oxidation_states(formula: str) -> tuple:
    ...
def mp2020_correction(crystal) -> float:
    ...
def formation_energy(crystal, energy: float, potential='MP2020', references: dict=None) -> float:
    ...
def _lowest(entries) -> dict:
    ...
def hull_from_entries(entries, references: dict=None, name: str='own entries') -> Hull:
    ...
def _modules(d) -> set:
    ...
def hull_from_file(path: Path) -> Hull:
    ...
def hull_from_materials_project(system, api_key: str=None) -> Hull:
    ...
_SYMBOLS = [Element.from_Z(z).symbol for z in range(1, 119)]
def _fractions(formulas) -> np.ndarray:
    ...
def typical_error(error: dict, ridge: float=1.0):
    ...
def _potential_energies(t: pd.DataFrame, potential) -> pd.DataFrame:
    ...
def potential_hull(energies: pd.DataFrame, potential, base: Hull=None) -> Hull:
    ...
def triangle(composition: Composition, corners: list) -> tuple:
    ...
def plot_ternary(hull: Hull, system, crystals: dict=None, ax=None):
    ...
def _dots(ax, formulas, corners: list, **kwargs):
    ...
