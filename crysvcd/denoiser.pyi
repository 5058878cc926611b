from typing import Any, Self
__all__ = ['BLOCK', 'DenoiserConfig', 'fourier', 'radial_features', 'log_metric', 'from_log_metric', 'SiLU', 'MessageLayer', 'EdgeHead', 'damped_inverse', 'time_embedding', 'Denoiser', 'plain_features', 'plain_linear', 'reference', 'Geometry', 'pair_order', 'spread', 'pair_radial', 'split_linear', 'in_blocks']
import math
from dataclasses import dataclass
from typing import NamedTuple
import torch
from fastcore.basics import patch
from torch import Tensor, nn
from torch.nn.functional import linear, silu
from .structure import wrap
@dataclass
class DenoiserConfig:
    width: int = 192
    edge_width: int = 96
    layers: int = 5
    frequencies: int = 16
    radial: int = 16
    time_width: int = 64
    head: str = 'edge'
    edge_update: bool = False
    dropout: float = 0.0
    max_z: int = 100

    @classmethod
    def paper(cls) -> Self:
        ...

    @classmethod
    def large(cls) -> Self:
        ...
def fourier(delta: Tensor, k: int) -> tuple:
    ...
def _images(dtype, device) -> Tensor:
    ...
def radial_features(delta: Tensor, lattice: Tensor, n: int) -> tuple:
    ...
def _window(u: Tensor) -> Tensor:
    ...
def log_metric(lattice: Tensor) -> Tensor:
    ...
def from_log_metric(s: Tensor) -> Tensor:
    ...
class SiLU(nn.Module):

    def forward(self, x: Tensor) -> Tensor:
        ...
class MessageLayer(nn.Module):
    norm: Any
    message: Any
    node: Any
    pair: Any
    drop: Any
    i: Any
    j: Any
    e: Any

    def __init__(self, width: int, edge: int, hidden: int, update: bool=False, dropout: float=0.0):
        ...

    def forward(self, h: Tensor, edge: Tensor) -> tuple:
        ...
class EdgeHead(nn.Module):
    out: Any
    i: Any
    j: Any
    e: Any
    waves = 4

    def __init__(self, width: int, edge: int, hidden: int, radial: int):
        ...

    def forward(self, h: Tensor, edge: Tensor, vectors: Tensor) -> Tensor:
        ...
def damped_inverse(lattice: Tensor, eps: float=0.1) -> Tensor:
    ...
def time_embedding(t: Tensor, width: int) -> Tensor:
    ...
class Denoiser(nn.Module):
    cfg: Any
    element: Any
    start: Any
    pair: Any
    layers: Any
    norm: Any
    cell: Any
    move: Any

    def __init__(self, cfg: DenoiserConfig=None):
        ...

    def atoms(self, z: Tensor, t: Tensor, condition: Tensor=None) -> Tensor:
        ...

    @torch.no_grad()
    def features(self, frac: Tensor, lattice: Tensor, shape: Tensor=None) -> Geometry:
        ...

    def pairs(self, geometry: Geometry) -> Tensor:
        ...

    def share(self, k: int, geometry: Geometry, e: Tensor) -> Tensor:
        ...

    def geometry(self, frac: Tensor, lattice: Tensor, shape: Tensor=None) -> Geometry:
        ...

    def look(self, z: Tensor, frac: Tensor, lattice: Tensor, t: Tensor, shape: Tensor, condition: Tensor, geometry: Geometry) -> tuple:
        ...

    def forward(self, z: Tensor, frac: Tensor, lattice: Tensor, t: Tensor, shape: Tensor=None, condition: Tensor=None, geometry: Geometry=None) -> tuple:
        ...
def plain_features(cfg: DenoiserConfig, frac: Tensor, lattice: Tensor) -> tuple:
    ...
def plain_linear(part: nn.Module, h: Tensor, e: Tensor) -> Tensor:
    ...
@torch.no_grad()
def reference(model: Denoiser, z: Tensor, frac: Tensor, lattice: Tensor, t: Tensor) -> tuple:
    ...
class Geometry(NamedTuple):
    cell: Tensor
    odd: Tensor
    even: Tensor
    order: tuple
    vectors: Tensor = None
    pairs: Tensor = None
    shares: list = None
def pair_order(n: int, device=None) -> tuple:
    ...
class _Spread(torch.autograd.Function):

    @staticmethod
    def forward(ctx, rows, place, back):
        ...

    @staticmethod
    def backward(ctx, grad):
        ...
def spread(here: Tensor, there: Tensor, order: tuple) -> Tensor:
    ...
def pair_radial(delta: Tensor, lattice: Tensor, n: int, itself: Tensor) -> tuple:
    ...
def split_linear(layer: nn.Linear, geometry: Geometry) -> Tensor:
    ...
BLOCK = 4096
def in_blocks(f, *args) -> tuple:
    ...
