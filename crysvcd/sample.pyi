from typing import Any, Self
__all__ = ['STRATEGIES', 'Prefixes', 'start', 'extend', 'NextWord', 'next_word', 'nucleus', 'resample', 'Sentences', 'write', 'reduced', 'formula_units', 'FormulaGenerator']
import itertools, math, warnings
from collections import Counter
from dataclasses import dataclass
from typing import Iterable
import numpy as np
import torch
from fastcore.basics import patch
from torch import Tensor
from transformers import DynamicCache
from .balance import BalanceConstraint
from .data import CrysVCDError, positive, whole
from .formula import Formula, FormulaModel, encode, load_formula, read_sentence, sample_tokens
from .prompt import Prompt, broken_rule
from .training import step_generator
from .valence import Assignment, ValenceError, cell_content, label
@dataclass
class Prefixes:
    used: np.ndarray
    token: Tensor
    count: Tensor
    cache: DynamicCache
def start(model: FormulaModel) -> Prefixes:
    ...
def extend(p: Prefixes, parent: np.ndarray, s: np.ndarray, n: np.ndarray) -> Prefixes:
    ...
@dataclass
class NextWord:
    word: Tensor
    end: Tensor
    log_end: Tensor
    log_species: Tensor
    count: Tensor
    counts: Tensor

    @property
    def mass(self) -> Tensor:
        ...

    @property
    def log_count(self) -> Tensor:
        ...
@torch.no_grad()
def next_word(model: FormulaModel, p: Prefixes, constraint: BalanceConstraint, temperature: float=1.0, top_p: float=1.0) -> NextWord:
    ...
def nucleus(w: NextWord, top_p: float) -> NextWord:
    ...
def resample(weight: Tensor, generator: torch.Generator) -> Tensor:
    ...
@dataclass
class Sentences:
    at: Tensor
    done: Tensor
    used: np.ndarray
    log_p: Tensor
    log_w: Tensor

    def pick(self, i: Tensor):
        ...
@torch.no_grad()
def write(model: FormulaModel, constraint: BalanceConstraint, n: int, generator: torch.Generator, exact: bool=False, temperature: float=1.0, top_p: float=1.0) -> tuple:
    ...
def _one_word(p: Prefixes, w: NextWord, rows: Sentences, generator: torch.Generator) -> Prefixes:
    ...
STRATEGIES = ('exact', 'mask', 'reject')
def reduced(formula) -> str:
    ...
def formula_units(z) -> tuple:
    ...
class FormulaGenerator:
    model: Any
    z: Any
    exclude: Any
    constraint: Any
    prompt: Any
    strategy: Any
    temperature: Any
    top_p: Any
    unique: Any
    seed: Any
    batch_size: Any
    seen: Any
    refused: Any
    accepted: Any

    def __init__(self, model='formula-ionic', prompt: Prompt=None, strategy: str='exact', temperature: float=1.0, top_p: float=1.0, unique: bool=False, exclude=(), z=None, seed: int=0, batch_size: int=512):
        ...

    def __iter__(self):
        ...

    def _batch(self, i: int) -> list:
        ...

    def _rejected(self, g: torch.Generator) -> list:
        ...

    def _cells(self, f: Formula):
        ...

    def _rest(self):
        ...

    def sample(self, n: int) -> list:
        ...

    def _scored(self, assignments: list, orders: int=120) -> tuple:
        ...

    def sentence_log_prob(self, sentences: list, portion: int=4096) -> Tensor:
        ...

    @torch.no_grad()
    def _sentences(self, sentences: list) -> Tensor:
        ...

    def score(self, formulas: list) -> list:
        ...

    def sentence(self, formula) -> tuple:
        ...

    @torch.no_grad()
    def most_probable(self, n: int, beams: int=None) -> list:
        ...

    def count(self, limit: int=100000):
        ...
