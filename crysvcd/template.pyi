from typing import Any, Self
__all__ = ['MENDELEEV', 'pattern', 'permutations', 'substitute', 'TemplateGenerator', 'aflow_templates']
import itertools, math
from functools import cached_property
import numpy as np
import torch
from fastcore.basics import patch
from pymatgen.core import Composition, Element, Structure
from .data import Crystals, CrysVCDError, from_structures
from .structure import VolumeModel, atomic_numbers, check_seeds
MENDELEEV = np.array([0.0] + [float(Element.from_Z(z).mendeleev_no or 0) for z in range(1, 104)])
def pattern(z: np.ndarray) -> tuple:
    ...
def permutations(counts: tuple) -> np.ndarray:
    ...
def substitute(template: Structure, swap: dict, log_volume: float) -> Structure:
    ...
class TemplateGenerator:
    files: Any
    templates: Any
    volume: Any

    def __init__(self, templates: Crystals, volume: VolumeModel=None):
        ...

    @cached_property
    def residual(self) -> np.ndarray:
        ...

    def nearest(self, cell, k: int=1) -> list:
        ...

    def candidates(self, cell, k: int=1, seed: int=0) -> list:
        ...

    def sample(self, cells: list, seeds: list, callback=None) -> list:
        ...
def aflow_templates() -> Crystals:
    ...
