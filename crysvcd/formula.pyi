from typing import Any, Self
__all__ = ['PAPER', 'STEPS', 'FormulaConfig', 'encode', 'shuffle_species', 'Ledger', 'CountHead', 'FormulaModel', 'formula_loss', 'sample_tokens', 'Formula', 'read_sentence', 'FormulaSampler', 'labelled', 'train_formula', 'validation', 'load_formula']
import itertools
from dataclasses import asdict, dataclass
from pathlib import Path
import numpy as np
import torch
from fastcore.basics import patch
from torch import Tensor, nn
from transformers import DynamicCache, GPT2Config, GPT2Model
from .data import Crystals, CrysVCDError
from .embedding import SpeciesEmbedding, vocabulary
from .training import GroupedBatches, TrainConfig, Trainer, find_weights, fingerprint, load_config, load_model, save_config, save_weights, start_from, step_generator
from .valence import TABLES, Assignment, Species, label_table
@dataclass
class FormulaConfig:
    kind: str = 'ionic'
    mode: str = 'chemist'
    width: int = 128
    layers: int = 3
    heads: int = 4
    dropout: float = 0.1
    max_tokens: int = 10
    max_count: int = 20
    count_head: str = 'conditional'
    ledger: bool = True
    tied: bool = False
PAPER = {'mode': 'paper', 'count_head': 'independent', 'ledger': False, 'tied': False}
def encode(assignments: list, species: tuple, cfg: FormulaConfig) -> tuple:
    ...
def shuffle_species(token: Tensor, count: Tensor, end: int, generator: torch.Generator) -> tuple:
    ...
class Ledger(nn.Module):
    charges: Any
    atoms: Any
    charge_in: Any
    atoms_in: Any
    charge_out: Any
    atoms_out: Any
    closing: Any

    def __init__(self, species: tuple, width: int, max_count: int, charges: int=48, atoms: int=48):
        ...

    def _cases(self, n: int, max_count: int) -> Tensor:
        ...

    def _pick(self, table: Tensor, i: Tensor) -> Tensor:
        ...

    def embed(self, charge: Tensor, atoms: Tensor) -> Tensor:
        ...

    def species_logits(self, h: Tensor, charge: Tensor) -> Tensor:
        ...

    def count_logits(self, h: Tensor, charge: Tensor, atoms: Tensor, v: Tensor) -> Tensor:
        ...

    def every_count(self, h: Tensor, charge: Tensor, atoms: Tensor, base: Tensor) -> Tensor:
        ...
class CountHead(nn.Module):
    usual: Any
    prefix: Any
    species: Any
    mix: Any

    def __init__(self, tokens: int, width: int, max_count: int, rank: int=16):
        ...

    def forward(self, h: Tensor, token: Tensor, table: Tensor) -> Tensor:
        ...

    def every(self, h: Tensor, table: Tensor, n: int) -> Tensor:
        ...
class FormulaModel(nn.Module):
    cfg: Any
    embed: Any
    gpt: Any
    head: Any
    bias: Any
    ledger: Any
    count_head: Any

    def __init__(self, cfg: FormulaConfig=None, species: tuple=None):
        ...

    @property
    def species(self) -> tuple:
        ...

    def forward(self, token: Tensor, count: Tensor, target: Tensor, condition: Tensor=None) -> tuple:
        ...

    def _fed(self, token: Tensor, count: Tensor, charge: Tensor=None, atoms: Tensor=None, condition: Tensor=None) -> tuple:
        ...

    def hidden(self, token: Tensor, count: Tensor, cache: DynamicCache=None, charge: Tensor=None, atoms: Tensor=None, condition: Tensor=None) -> Tensor:
        ...

    def _open(self, h: Tensor) -> tuple:
        ...

    def species_logits(self, h: Tensor) -> Tensor:
        ...

    def count_logits(self, h: Tensor, token: Tensor=None) -> Tensor:
        ...

    def _every_count(self, h: Tensor) -> Tensor:
        ...

    @torch.no_grad()
    def attention(self, token: Tensor, count: Tensor) -> Tensor:
        ...
def formula_loss(model: FormulaModel, batch: tuple, generator: torch.Generator) -> tuple:
    ...
@torch.no_grad()
def sample_tokens(model: FormulaModel, n: int, generator: torch.Generator, temperature: float=1.0) -> tuple:
    ...
@dataclass
class Formula:
    assignment: Assignment
    log_prob: float

    @property
    def composition(self):
        ...

    def _repr_markdown_(self):
        ...
def read_sentence(model: FormulaModel, token: list, count: list):
    ...
def _usable(a, max_atoms: int):
    ...
class FormulaSampler:
    model: Any
    seed: Any
    max_atoms: Any
    temperature: Any
    batch_size: Any
    refused: Any
    accepted: Any

    def __init__(self, model: FormulaModel, seed: int=0, max_atoms: int=20, temperature: float=1.0, batch_size: int=256):
        ...

    def __iter__(self):
        ...
def labelled(crystals: Crystals, kind: str, mode: str='chemist') -> list:
    ...
STEPS = {'ionic': 3000, 'alloy': 2000}
def train_formula(train: Crystals, val: Crystals, folder: Path, cfg: TrainConfig=None, formula: FormulaConfig=None, batch_size: int=128, start=None) -> FormulaModel:
    ...
@torch.no_grad()
def validation(model: FormulaModel, rows: tuple, orders: int=4) -> dict:
    ...
def load_formula(name='formula-ionic') -> FormulaModel:
    ...
def _untrained(config: dict) -> FormulaModel:
    ...
