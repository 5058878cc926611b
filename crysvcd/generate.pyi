from typing import Any, Self
__all__ = ['COLUMNS', 'PARTS', 'KINDS', 'METHODS', 'DEFAULT_STRUCTURE', 'MOST_REFUSED', 'MAX_CRYSTALS', 'PAIRS', 'CARD', 'Crystal', 'table', 'OutputFolder', 'framed', 'draw', 'fetch_model', 'whole_model', 'load_structure_generator', 'weights_hash', 'CrysVCD', 'check_request', 'model_card']
import contextlib, csv, dataclasses, hashlib, io, itertools, json, numbers, re, shutil, tempfile, time
from dataclasses import dataclass
from pathlib import Path
import numpy as np
import pandas as pd
from ase.io import write as ase_write
from fastcore.basics import patch
from matplotlib.figure import Figure
from pymatgen.core import Structure
from tqdm.auto import tqdm
from . import __version__
from .data import CrysVCDError, as_path
from .diffusion import DiffusionGenerator
from .flow import FlowGenerator
from .formula import Formula, load_formula
from .prompt import Prompt
from .retrieval import RetrievalGenerator
from .sample import FormulaGenerator
from .structure import MAX_ATOMS, StructureGenerator, as_structure, atomic_numbers, crystal_seeds, is_valid, min_distance, size_batches
from .training import WEIGHTS, find_weights, load_config, replacing
from .valence import Assignment, label
@dataclass(repr=False)
class Crystal:
    id: str
    structure: Structure
    assignment: Assignment
    log_prob: float
    seed: int

    @property
    def row(self) -> dict:
        ...

    def __repr__(self):
        ...

    def _repr_markdown_(self):
        ...
COLUMNS = ('id', 'formula', 'species', 'kind', 'log_prob', 'seed', 'min_distance', 'density', 'valid', 'cif')
def table(crystals: list) -> pd.DataFrame:
    ...
class OutputFolder:
    path: Any
    request: Any
    rows: Any

    def __init__(self, path: Path, request: dict):
        ...

    @contextlib.contextmanager
    def _writing(self):
        ...

    def _resume(self):
        ...

    def _continues(self, old) -> bool:
        ...

    def _crystal(self, r: dict):
        ...

    def crystals(self) -> list:
        ...

    def _tables(self, crystals: list):
        ...

    def _csv(self, f, rows: list, header: bool):
        ...

    def add(self, c: Crystal):
        ...

    def _manifest(self, status: str, **more):
        ...

    def finish(self, crystals: list):
        ...
def framed(c: Crystal):
    ...
class Gallery(Figure):

    def _repr_png_(self) -> bytes:
        ...
def draw(crystals: list, path: Path=None, columns: int=4) -> Gallery:
    ...
PARTS = ('formula-ionic', 'formula-alloy', 'structure')
def fetch_model(repo: str, revision: str=None) -> Path:
    ...
def whole_model(name, revision: str=None) -> Path:
    ...
KINDS = ('ionic', 'alloy')
METHODS = {'retrieval': RetrievalGenerator, 'flow': FlowGenerator, 'diffusion': DiffusionGenerator}
DEFAULT_STRUCTURE = 'structure-retrieval'
def load_structure_generator(name=DEFAULT_STRUCTURE) -> StructureGenerator:
    ...
def weights_hash(name) -> str:
    ...
def _models(m) -> tuple:
    ...
class CrysVCD:
    formulas: Any
    structures: Any
    names: Any
    folders: Any

    def __init__(self, formulas: dict, structures: StructureGenerator, names: dict=None):
        ...

    @classmethod
    def from_pretrained(cls, ionic='formula-ionic', alloy='formula-alloy', structure=DEFAULT_STRUCTURE, revision: str=None) -> Self:
        ...

    def _formulas(self, n: int, kind: str, formula, seed: int, max_atoms: int, prompt: Prompt, max_doubt: float) -> list:
        ...

    def _undoubted(self, formulas, max_doubt: float):
        ...

    def generate(self, n: int, kind: str=None, formula=None, seed: int=0, out: Path=None, max_atoms: int=20, prompt: Prompt=None, progress: bool=True, max_doubt: float=None) -> list:
        ...

    def save_pretrained(self, folder: Path) -> Path:
        ...

    def push_to_hub(self, repo: str, private: bool=False, token: str=None, message: str='Upload a CrysVCD model') -> str:
        ...
def _kinds(n: int, kind: str, seed: int, models: dict) -> list:
    ...
MOST_REFUSED = 2000
MAX_CRYSTALS = 1000000
def check_request(n: int, kind: str, seed: int, max_atoms: int=20, max_doubt: float=None):
    ...
PAIRS = 6000
def _make(structures, formulas: list, seeds: list, ids: list, folder: OutputFolder, progress: bool) -> list:
    ...
CARD = '---\nlicense: mit\nlibrary_name: crysvcd\ntags: [materials-science, crystal-structure, generative-model, oxidation-states]\n---\n\n# A CrysVCD model\n\nWrites inorganic formulas whose oxidation states balance by construction, and turns each into a crystal. Saved by crysvcd {version}; `from_pretrained` takes this folder, or the name of its repository.\n\n    from crysvcd import CrysVCD\n    CrysVCD.from_pretrained("FOLDER or user/name").generate(16)\n\nCrystals that it makes are proposals: balanced, and not therefore stable. `crysvcd evaluate` judges them.\n\n**Licence**: code and weights MIT; the data that the shipped parts learned from are the Materials Project\'s (CC BY 4.0). Data, recipe and measurements of each part follow.\n\n'
def model_card(folders: dict) -> str:
    ...
