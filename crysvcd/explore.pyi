from typing import Any, Self
__all__ = ['MATCH', 'FEW', 'MANY', 'STYLE', 'INK', 'TEAL', 'ANY', 'Explorer', 'Cancelled', 'styled', 'frame', 'flow_of', 'road_taken', 'ledger_html', 'campaign_rounds', 'campaign_html', 'places', 'formulas_html', 'ipywidgets', 'Panel', 'explorer', 'write_app']
import io, itertools, json, threading, zipfile
from dataclasses import replace
from html import escape
from pathlib import Path
from string import Template
import numpy as np
import pandas as pd
from ase.io import write as ase_write
from fastcore.basics import patch
from matplotlib import rc_context
from matplotlib.figure import Figure
from pymatgen.core import Element, Lattice, Structure
from .data import CrysVCDError
from .evaluation import Settings, evaluate
from .flow import FlowGenerator, sample_flow
from .formula import Formula
from .generate import Crystal, CrysVCD, check_request, framed, load_structure_generator, table
from .hull import Hull
from .novelty import Reference, answers
from .phonons import space_group
from .potential import to_atoms
from .prompt import Prompt
from .report import asset, badges, charges, cif_link, decimal, drawing, drawn_cell, element_look, formula_html, funnel_figure, group_html, scene, share_html, svg, text
from .sample import FormulaGenerator, reduced
from .structure import CrystalNoise, atomic_numbers, crystal_seeds, is_valid, min_distance, to_structure
from .valence import Assignment, label
MATCH = {'contains': 'all the wanted elements, and others', 'within': 'some of the wanted elements, no others', 'system': 'exactly the wanted elements'}
class Explorer:
    _stop: Any
    model: Any
    settings: Any
    _hull: Any
    _reference: Any
    kind: Any
    match: Any
    n_elements: Any
    n_atoms: Any
    marks: Any
    made: Any
    verdicts: Any
    kept: Any

    def __init__(self, model: CrysVCD=None, settings: Settings=None, hull: Hull=None, reference: Reference=None):
        ...

    @property
    def _formula_model(self):
        ...

    @property
    def elements(self) -> set:
        ...

    def pick(self, element: str, how: str='next') -> str:
        ...

    @property
    def prompt(self) -> Prompt:
        ...

    def formulas(self, n: int=40, every: bool=False) -> pd.DataFrame:
        ...

    def _likely(self, sampled: list, n: int) -> list:
        ...

    def generate(self, n: int=4, seed: int=0, formula=None, tell=None) -> list:
        ...

    def cancel(self):
        ...

    def _watch(self, step=None, steps=None):
        ...

    def _asked(self, n: int, seed: int, formula) -> list:
        ...

    def _add(self, c: Crystal) -> Crystal:
        ...

    def _crystal(self, id: str) -> Crystal:
        ...

    def view(self, id: str, height: int=320) -> str:
        ...

    def powder(self, id: str, span: tuple=(10, 90)) -> pd.DataFrame:
        ...

    def powder_svg(self, id: str) -> str:
        ...

    def film(self, id: str, pages: int=26) -> tuple:
        ...

    def verdict(self, id: str) -> dict:
        ...

    def facts(self, id: str) -> str:
        ...

    def keep(self, id: str):
        ...

    def drop(self, id: str):
        ...

    def as_files(self) -> dict:
        ...

    def export(self, folder: Path) -> list:
        ...

    def zipped(self) -> bytes:
        ...

    def twin(self, n: int=10, crystals: int=3) -> str:
        ...

    def _repr_html_(self):
        ...

    def __repr__(self):
        ...
FEW, MANY = (200, 3000)
class Cancelled(Exception):
    ...
STYLE = f"<style>{asset('explorer.css')}</style>"
def styled(body: str) -> str:
    ...
def frame(scenes: list, title: str, height: int=320) -> str:
    ...
INK, TEAL = ('#1c2530', '#0a8588')
def flow_of(structures) -> FlowGenerator:
    ...
def road_taken(flow: FlowGenerator, cell, seed: int, callback=None) -> list:
    ...
def _smooth(way: list) -> list:
    ...
def _page(z, frac, lattice, charge: dict, step: int, steps: int) -> dict:
    ...
def ledger_html(a: Assignment) -> str:
    ...
_JUDGED = ('status', 'spacegroup', 'e_above_hull', 'e_form', 'decomposition', 'unique', 'novel', 'nearest_known', 'potential')
def campaign_rounds(folder: Path) -> tuple:
    ...
def campaign_html(folder: Path) -> str:
    ...
def places() -> dict:
    ...
def formulas_html(t: pd.DataFrame) -> str:
    ...
def ipywidgets():
    ...
ANY = ('any of these, as the model writes them', '')
class Panel:
    tabs: Any
    box: Any
    w: Any
    state: Any
    _last: Any
    buttons: Any
    match: Any
    kind: Any
    count: Any
    atoms: Any
    listed: Any
    every: Any
    formula: Any
    number: Any
    seed: Any
    go: Any
    stop: Any
    bar: Any
    message: Any
    crystals: Any
    does: Any
    view: Any
    facts: Any
    pattern: Any
    _shown: Any
    dropped: Any
    path: Any
    basket: Any
    download: Any
    where: Any
    rounds: Any

    def __init__(self, state: Explorer):
        ...

    def _ipython_display_(self):
        ...

    def html(self, body: str='', **layout):
        ...

    @staticmethod
    def write(where: object, body: str):
        ...

    def _spawn(self, work, *args):
        ...

    def _say(self, words: str, kind: str='muted'):
        ...

    def _table(self):
        ...

    def _marked(self, e: str):
        ...

    def _dress(self):
        ...

    def _wishes(self):
        ...

    def _list(self):
        ...

    def _refresh(self, every: bool=False):
        ...

    def _answer(self, question: int, every: bool):
        ...

    def _maker(self):
        ...

    def _begin(self):
        ...

    def _made(self, n: int, seed: int, formula):
        ...

    def _detail(self):
        ...

    def _show_list(self, select: str=None):
        ...

    def _show(self):
        ...

    def _judge(self, id: str):
        ...

    def _keep(self, id: str):
        ...

    def _film(self, id: str):
        ...

    def _favourites(self):
        ...

    def _write_out(self):
        ...

    def _links(self) -> str:
        ...

    def _show_kept(self):
        ...

    def _campaign(self):
        ...

    def _read(self):
        ...
_COLOURS = {'with': '#14908f', 'without': '#c9524b'}
def explorer(model: CrysVCD=None, settings: Settings=None) -> Panel:
    ...
def write_app(path: Path='explorer.ipynb') -> Path:
    ...
