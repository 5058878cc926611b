from typing import Any, Self
__all__ = ['MAX_SLOTS', 'CENTRES', 'TIMES', 'charges', 'environment', 'TypeFeatures', 'Memory', 'remember', 'RetrievalConfig', 'Candidates', 'find_candidates', 'SlotLayer', 'RetrievalModel', 'Questions', 'collate', 'answer_loss', 'retrieval_loss', 'train_retrieval', 'fill_memory', 'library_hash', 'load_retrieval', 'road_error', 'Guess', 'RetrievalGenerator', 'merge', 'Answers']
import collections, functools, math
from dataclasses import asdict, dataclass
from pathlib import Path
import numpy as np
import torch
from fastcore.basics import patch
from pymatgen.core import Composition, Element, Structure
from torch import Tensor, nn
from .data import Crystals, CrysVCDError, niggli
from .flow import FlowGenerator, FlowModel, load_flow, pair
from .metrics import match_distance
from .prototype import PrototypeLibrary, library, load_library
from .structure import VolumeModel, atomic_numbers, check_seeds, is_valid
from .template import MENDELEEV, pattern, permutations
from .training import GroupedBatches, TrainConfig, Trainer, find_weights, fingerprint, load_config, load_model, save_weights, step_generator
from .valence import ValenceError, label
@functools.lru_cache(100000)
def charges(formula: str) -> dict:
    ...
def _charge(formula: str, elements) -> list:
    ...
def _descriptors() -> Tensor:
    ...
MAX_SLOTS = 6
CENTRES = np.linspace(0.5, 2.4, 20)
def environment(s: Structure) -> np.ndarray:
    ...
class TypeFeatures:
    lib: Any
    _one: Any

    def __init__(self, lib: PrototypeLibrary):
        ...

    def _make(self, t: int) -> tuple:
        ...

    def __call__(self, types: np.ndarray) -> tuple:
        ...
@dataclass
class Memory:
    element: np.ndarray
    charge: np.ndarray
    type: np.ndarray
    log_volume: np.ndarray
    formula: np.ndarray
    where: dict
def remember(types: list, crystals: Crystals, volume: VolumeModel) -> Memory:
    ...
@dataclass
class RetrievalConfig:
    key_width: int = 8
    width: int = 48
    layers: int = 2
    candidates: int = 24
    neighbours: int = 24
    dropout: float = 0.1
@dataclass
class Candidates:
    type: np.ndarray
    element: np.ndarray
    charge: np.ndarray
    repeat: np.ndarray
    near: np.ndarray
    known: np.ndarray
def _weigh(keys: np.ndarray, want: np.ndarray, types: np.ndarray) -> tuple:
    ...
def find_candidates(cell: np.ndarray, key, keys: np.ndarray, memory: Memory, lib: PrototypeLibrary, cfg: RetrievalConfig, without: str=None) -> Candidates:
    ...
def _collect(found: list, elements, charge, cfg: RetrievalConfig) -> Candidates:
    ...
class SlotLayer(nn.Module):
    message: Any
    node: Any
    norm: Any
    drop: Any
    i: Any
    j: Any
    e: Any

    def __init__(self, width: int, dropout: float):
        ...

    def forward(self, h: Tensor, env: Tensor) -> Tensor:
        ...
class RetrievalModel(nn.Module):
    cfg: Any
    volume: Any
    layers: Any
    out: Any
    point: Any
    linear: Any
    charge: Any
    element: Any
    about: Any
    memory_weight: Any
    none: Any

    def __init__(self, cfg: RetrievalConfig=None, members: int=0, max_z: int=100):
        ...

    @torch.no_grad()
    def _begin(self):
        ...

    def key(self, element: Tensor, charge: Tensor) -> Tensor:
        ...

    def _memory(self, keys: Tensor, want: Tensor, has: Tensor, known: Tensor, repeat: Tensor) -> Tensor:
        ...

    def forward(self, batch: dict, condition: Tensor=None) -> Tensor:
        ...
class Questions:
    asked: Any
    order: Any
    per_epoch: Any
    memory: Any
    features: Any

    def __init__(self, rows: list, model: RetrievalModel, memory: Memory, lib: PrototypeLibrary, features: TypeFeatures, batch_size: int=64, seed: int=0):
        ...

    def __call__(self, step: int) -> tuple:
        ...
def collate(candidates: list, features: TypeFeatures) -> dict:
    ...
def answer_loss(model: RetrievalModel, batch: tuple, generator=None) -> tuple:
    ...
def retrieval_loss(model: RetrievalModel, batch: tuple, generator=None) -> tuple:
    ...
def _target(c: Candidates, t: int, own: set) -> int:
    ...
def _rows(types: list, crystals: Crystals) -> list:
    ...
def train_retrieval(types: list, crystals: Crystals, folder: Path, cfg: TrainConfig=None, retrieval: RetrievalConfig=None, batch_size: int=64, held: float=0.05) -> RetrievalModel:
    ...
def _validate(questions: Questions):
    ...
@torch.no_grad()
def fill_memory(model: RetrievalModel, memory: Memory) -> RetrievalModel:
    ...
def library_hash(lib: PrototypeLibrary) -> str:
    ...
def load_retrieval(name='structure-retrieval') -> RetrievalModel:
    ...
TIMES = (0.2, 0.4, 0.6, 0.9)
@torch.no_grad()
def road_error(model: FlowModel, structures: list, draws: int=2, times: tuple=TIMES) -> np.ndarray:
    ...
@dataclass(repr=False)
class Guess:
    structure: Structure
    probability: float
    type: int = -1

    def __repr__(self):
        ...
class RetrievalGenerator:
    model: Any
    flow: Any
    lib: Any
    temperature: Any
    ranking: Any
    looked_at: Any
    features: Any
    keys: Any

    def __init__(self, model: RetrievalModel, flow: FlowGenerator, lib: PrototypeLibrary=None, temperature: float=0.0, ranking: tuple=(0.6, 1.2, 0.6), looked_at: int=6):
        ...

    @classmethod
    def from_pretrained(cls, name='structure-retrieval', flow=None, temperature: float=0.0) -> Self:
        ...

    @classmethod
    def of(cls, model: RetrievalModel, flow=None, temperature: float=0.0) -> Self:
        ...

    def varied(self):
        ...

    @torch.no_grad()
    def look(self, cell) -> Candidates:
        ...

    def question(self, candidates: list) -> dict:
        ...

    @torch.no_grad()
    def scores(self, cell) -> tuple:
        ...

    def doubt(self, cell) -> float:
        ...

    def realise(self, c: Candidates, j: int) -> Structure:
        ...

    def guesses(self, cell, k: int=8) -> tuple:
        ...

    def sample(self, cells: list, seeds: list, callback=None) -> list:
        ...

    def _choose(self, guesses: list, none: float, seed: int):
        ...

    def candidates(self, cell, k: int=20, seed: int=0, draws: int=5) -> list:
        ...
def merge(guesses: list, k: int=None) -> list:
    ...
class Answers:
    order: Any
    per_epoch: Any
    generator: Any
    rows: Any
    asked: Any

    def __init__(self, generator: RetrievalGenerator, crystals, batch_size: int=64, seed: int=0):
        ...

    def __call__(self, step: int) -> tuple:
        ...
def _answered(generator: RetrievalGenerator, s: Structure):
    ...
