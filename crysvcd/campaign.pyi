from typing import Any, Self
__all__ = ['BUDGET', 'MOST_REPEATED', 'HIGH', 'REACHED_WITHIN', 'MEASURED', 'LABELS', 'LEARNERS', 'CampaignConfig', 'read_campaign', 'fulfils', 'Label', 'register_label', 'measure', 'Learner', 'LearnNothing', 'cells', 'hull_lessons', 'attainable', 'LearnLabels', 'LearnCrystals', 'Leg', 'plan', 'TimeUp', 'Campaign', 'Watched', 'lasting']
import contextlib, hashlib, json, math, re, runpy, sqlite3, time
from dataclasses import asdict, dataclass, field
from functools import lru_cache, partial
from importlib.util import find_spec
from pathlib import Path
from typing import Callable, NamedTuple, Protocol
import numpy as np
import pandas as pd
from fastcore.basics import patch
from pymatgen.core import Structure
from . import __version__
from .data import Crystals, CrysVCDError, concat, from_structures, load_crystals, niggli, split_by_formula
from .evaluation import COLUMNS, Item, Settings, check_settings, evaluate, gather, over_workers
from .formula import FormulaModel, encode, load_formula
from .generate import KINDS, METHODS, CrysVCD, check_request, weights_hash
from .guidance import DROP, Property, ask, bounds, finetune_formula, finetune_structure, load_conditional, wished
from .hull import Hull, elements_of
from .metrics import wilson
from .novelty import TINY, Reference, number, truth, unique
from .recipe import from_dict, read_settings
from .report import funnel_figure, page, share_html, svg, text
from .sample import FormulaGenerator
from .store import Store, result_key
from .structure import as_structure
from .training import TrainConfig, find_weights, load_config, replacing
from .valence import Assignment, ValenceError, label, label_table
BUDGET = {'formula': 1500, 'retrieval': 300, 'flow': 3000, 'diffusion': 3000}
MOST_REPEATED = 50
HIGH = {'e_above_hull': 0.5}
@dataclass
class CampaignConfig:
    wish: dict = field(default_factory=lambda: {'e_above_hull': '<= 0.05'})
    weight: float = 2.0
    crystals: int = 100
    rounds: int = 2
    arms: list = field(default_factory=lambda: ['conditional'])
    hours: float = None
    most_crystals: int = None
    kind: str = 'ionic'
    max_atoms: int = 20
    max_doubt: float = None
    seed: int = 0
    ionic: str = 'formula-ionic'
    alloy: str = 'formula-alloy'
    structure: str = 'structure-retrieval'
    data: str = None
    hull_formulas: bool = True
    share: float = 0.2
    labels: list = field(default_factory=list)
    plugins: list = field(default_factory=list)
    judge: dict = field(default_factory=dict)
    formula_training: dict = field(default_factory=dict)
    structure_training: dict = field(default_factory=dict)

    @property
    def kinds(self) -> tuple:
        ...

    @property
    def method(self) -> str:
        ...

    def training(self, what: str) -> TrainConfig:
        ...

    def check(self):
        ...
def read_campaign(path: Path, **given) -> CampaignConfig:
    ...
REACHED_WITHIN = 0.1
def fulfils(wish: dict, t: pd.DataFrame) -> np.ndarray:
    ...
def _fulfils(name: str, wish, t: pd.DataFrame) -> np.ndarray:
    ...
MEASURED = ('e_above_hull', 'e_form', 'energy', 'n_atoms')
class Label(NamedTuple):
    compute: Callable
    version: str = ''
LABELS = {'density': Label(lambda s: float(s.density)), 'volume_per_atom': Label(lambda s: s.volume / len(s))}
def register_label(name: str, compute: Callable, version: str=''):
    ...
def _measured(job: tuple):
    ...
def measure(names: list, structures: dict, store, workers: int=1, scheduler: str=None) -> pd.DataFrame:
    ...
class Learner(Protocol):

    def finetune(self, table: pd.DataFrame, crystals: Crystals, folder: Path):
        ...
class LearnNothing:
    c: Any

    def __init__(self, c: CampaignConfig):
        ...

    def finetune(self, table: pd.DataFrame, crystals: Crystals, folder: Path) -> CrysVCD:
        ...
def cells(model: FormulaModel, assignments: list, max_atoms: int=20, seed: int=0) -> list:
    ...
def hull_lessons(hull: Hull, model: FormulaModel, max_atoms: int=20, seed: int=0) -> tuple:
    ...
@lru_cache(2)
def _hull_lessons(hull: Hull, start: str, max_atoms: int, seed: int) -> tuple:
    ...
def _labelled(formula: str, cfg, max_atoms: int):
    ...
def attainable(wish: dict, properties: tuple) -> dict:
    ...
def _teaching(wish: dict, labels: pd.DataFrame) -> list:
    ...
class LearnLabels:
    c: Any
    hull: Any
    told: Any
    drop = DROP

    def __init__(self, c: CampaignConfig, hull=None, told: tuple=('formula', 'structure')):
        ...

    def finetune(self, table: pd.DataFrame, crystals: Crystals, folder: Path) -> CrysVCD:
        ...

    def _parts(self) -> list:
        ...

    def _learned(self, part: str, start, table: pd.DataFrame, crystals: Crystals, folder: Path) -> Path:
        ...

    def _repeated(self, table: pd.DataFrame, more: int=0) -> np.ndarray:
        ...

    def _lessons(self, kind: str, start, table: pd.DataFrame, crystals: Crystals) -> tuple:
        ...

    def _asked(self, made: dict) -> CrysVCD:
        ...
class LearnCrystals(LearnLabels):
    drop = 1.0

    def _asked(self, made: dict) -> CrysVCD:
        ...
LEARNERS = {'conditional': LearnLabels, 'formulas': partial(LearnLabels, told=('formula',)), 'structures': partial(LearnLabels, told=('structure',)), 'unconditional': LearnCrystals, 'base': lambda c, hull=None: LearnNothing(c)}
class Leg(NamedTuple):
    round: int
    arm: str

    @property
    def name(self) -> str:
        ...

    @property
    def before(self) -> list:
        ...

    def seed(self, seed: int) -> int:
        ...
def plan(c: CampaignConfig) -> list:
    ...
_FREE = ('rounds', 'hours', 'most_crystals', 'arms')
class TimeUp(Exception):
    ...
class Campaign:
    c: Any
    settings: Any
    learners: Any
    store: Any
    folder: Any
    _training: Any
    where: Any
    progress: Any
    clock: Any
    _hull: Any
    _reference: Any
    _found: Any
    _relaxed: Any
    _last: Any

    def __init__(self, config, folder: Path, learners: dict=None, training: Crystals=None, hull: Hull=None, reference: Reference=None, store=None, workers: int=1, scheduler: str=None, progress: bool=True):
        ...

    @property
    def legs(self) -> list:
        ...

    @property
    def done(self) -> list:
        ...

    def path(self, leg: Leg) -> Path:
        ...

    def _sensible(self):
        ...

    def _read(self, name: str) -> dict:
        ...

    def _write(self, name: str, content: str):
        ...

    def _same(self) -> str:
        ...

    def _spent(self, on: str, times: int=0):
        ...

    def _in_time(self):
        ...

    def left(self) -> float:
        ...

    def _to_go(self) -> str:
        ...

    @contextlib.contextmanager
    def _alone(self):
        ...

    def training(self) -> Crystals:
        ...

    def results(self, leg: Leg) -> pd.DataFrame:
        ...

    def structures(self, leg: Leg) -> dict:
        ...

    def pool(self, leg: Leg) -> tuple:
        ...

    def _generate(self, leg: Leg):
        ...

    def _items(self, leg: Leg) -> list:
        ...

    def _judge(self, leg: Leg):
        ...

    @property
    def hull(self) -> Hull:
        ...

    @property
    def reference(self) -> Reference:
        ...

    def run(self) -> pd.DataFrame:
        ...

    def _leg(self, leg: Leg):
        ...

    def _say(self, words: str):
        ...

    def rounds(self) -> pd.DataFrame:
        ...

    def crystals(self) -> pd.DataFrame:
        ...

    def found(self) -> pd.DataFrame:
        ...

    def _repr_html_(self):
        ...

    def __repr__(self):
        ...

    def report(self) -> Path:
        ...

    def plot(self):
        ...
def _run(file):
    ...
class Watched:
    campaign: Any

    def __init__(self, campaign: Campaign):
        ...

    def get(self, key: str):
        ...

    def put(self, key: str, kind: str, values, crystal=None):
        ...
def lasting(hours: float) -> str:
    ...
def _first(crystals: dict) -> set:
    ...
def _has_niggli(s: Structure) -> bool:
    ...
def _worth(leg: Leg, t: pd.DataFrame, wish: dict) -> dict:
    ...
def _legs_html(c: Campaign) -> str:
    ...
