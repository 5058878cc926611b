from typing import Any, Self
__all__ = ['WEIGHTS', 'TrainConfig', 'learning_rate', 'step_generator', 'GroupedBatches', 'replacing', 'save_tensors', 'load_tensors', 'to_device', 'Ahead', 'plot_curve', 'Team', 'processes', 'first_process', 'average_decay', 'fingerprint', 'Trainer', 'find_weights', 'save_config', 'save_weights', 'load_weights', 'start_from', 'load_config', 'load_model']
import contextlib, copy, hashlib, io, itertools, json, math, os, time
from dataclasses import dataclass
from pathlib import Path
import numpy as np
import torch
from fastcore.basics import patch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file
from torch import nn
from tqdm.auto import tqdm
from .data import CrysVCDError, as_path, made_folder, positive, whole
@dataclass
class TrainConfig:
    steps: int = None
    minutes: float = None
    lr: float = 0.001
    warmup: int = 200
    weight_decay: float = 0.01
    clip: float = 1.0
    ema: float = 0.999
    seed: int = 0
    validate_every: int = 1000
    checkpoint_every: float = 60.0
    device: str = 'cpu'
    bf16: bool = False
    compile: bool = False
    workers: int = 0

    def check(self):
        ...
_WHOLE = {'steps': 1, 'warmup': 0, 'seed': 0, 'validate_every': 1, 'workers': 0}
_REAL = {'minutes': False, 'lr': False, 'weight_decay': True, 'clip': False, 'ema': True, 'checkpoint_every': True}
def learning_rate(step: int, progress: float, cfg: TrainConfig) -> float:
    ...
def step_generator(seed: int, step: int) -> torch.Generator:
    ...
class GroupedBatches:
    groups: Any
    per_epoch: Any
    batch_size: Any
    seed: Any
    _epoch: Any

    def __init__(self, sizes: np.ndarray, batch_size: int=64, seed: int=0):
        ...

    def _shuffle(self, epoch: int) -> list:
        ...

    def __call__(self, step: int) -> np.ndarray:
        ...
@contextlib.contextmanager
def replacing(path: Path):
    ...
def save_tensors(tensors: dict, path: Path, note: dict=None):
    ...
def load_tensors(path: Path) -> tuple:
    ...
def _optimizer_tensors(opt, names: list) -> dict:
    ...
def _restore_optimizer(opt, names: list, tensors: dict):
    ...
def to_device(x, device):
    ...
class _Steps(torch.utils.data.Dataset):
    batch: Any
    first: Any

    def __init__(self, batch, first: int):
        ...

    def __len__(self):
        ...

    def __getitem__(self, i: int):
        ...
class Ahead:
    batch: Any
    workers: Any
    next: Any
    queue: Any

    def __init__(self, batch, workers: int):
        ...

    def __call__(self, step: int):
        ...
def plot_curve(folder):
    ...
def _png(fig) -> bytes:
    ...
def _read_curve(folder) -> list:
    ...
class Team:
    accelerator: Any
    rank: Any
    size: Any
    device: Any

    def __init__(self, device: str):
        ...

    def share(self, batch: tuple) -> tuple:
        ...

    def mean_(self, tensors: list):
        ...
def processes() -> int:
    ...
def first_process() -> bool:
    ...
def average_decay(step: int, decay: float) -> float:
    ...
def fingerprint(*arrays) -> str:
    ...
def _differ(old, new) -> bool:
    ...
def _same_run(old: dict, new: dict, folder: Path):
    ...
class Trainer:
    team: Any
    batch: Any
    about: Any
    fused: Any
    opt: Any
    averaged: Any
    names: Any
    device: Any
    main: Any
    model: Any
    loss: Any
    cfg: Any
    folder: Any
    validate: Any
    step: Any
    elapsed: Any
    curve: Any
    _recent: Any
    _unread: Any
    _drawn: Any
    _named: Any
    _whole: Any

    def __init__(self, model: nn.Module, loss, batch, cfg: TrainConfig, folder: Path, validate=None, about: dict=None):
        ...

    @property
    def progress(self) -> float:
        ...

    def save(self):
        ...

    def restore(self):
        ...

    def _gradient(self):
        ...

    @torch.no_grad()
    def _one_step(self):
        ...

    def _read(self):
        ...

    def _record(self):
        ...

    def _tick(self, now: float):
        ...

    def run(self, stop_at: int=None) -> nn.Module:
        ...
WEIGHTS = Path(__file__).parent / 'weights' if '__file__' in globals() else Path('../crysvcd/weights')
def find_weights(name) -> Path:
    ...
def save_config(config: dict, folder: Path):
    ...
def save_weights(model: nn.Module, config: dict, folder: Path, card: str=None):
    ...
def load_weights(model: nn.Module, folder: Path) -> nn.Module:
    ...
def start_from(model: nn.Module, name) -> nn.Module:
    ...
def load_config(folder: Path) -> dict:
    ...
def load_model(name, make) -> nn.Module:
    ...
