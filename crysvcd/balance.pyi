from typing import Any, Self
__all__ = ['SEARCH', 'TABLES', 'BalanceConstraint']
import dataclasses, functools, itertools, operator
import numpy as np
from fastcore.basics import patch
from .data import CrysVCDError
from .prompt import Part, Prompt, PromptError, broken_rule
from .valence import Assignment, Species
def _adjacent(species: tuple) -> np.ndarray:
    ...
class BalanceConstraint:
    species: Any
    elements: Any
    element: Any
    charge: Any
    e_max: Any
    prompt: Any
    max_count: Any
    max_species: Any
    _tables: Any
    _found: Any
    _work: Any
    beside: Any
    allowed: Any
    e_min: Any
    parts: Any
    _states: Any
    required: Any
    a_min: Any
    reach: Any
    a_max: Any
    values: Any
    pairs: Any
    value: Any
    onehot: Any
    carry: Any
    partner: Any
    _element: Any
    _near_pairs: Any
    _partner: Any
    _i: Any
    _j: Any
    _kinds: Any
    _partner_kind: Any
    _partner_ids: Any
    _partner_sets: Any
    type: Any
    types: Any
    type_size: Any
    first: Any
    slots: Any
    sizes: Any
    who: Any
    _profiles: Any
    _shapes: Any
    _lineups: Any
    _casts: Any
    rare: Any
    _is_rare: Any

    def __init__(self, species: tuple, prompt: Prompt=None, max_count: int=20, max_species: int=8, check: bool=True):
        ...

    @property
    def shape(self) -> tuple:
        ...

    def _simplify(self):
        ...

    def _allowed(self) -> np.ndarray:
        ...

    def _limits(self):
        ...

    def _charge_values(self):
        ...

    def _table(self, sets: _Sets) -> np.ndarray:
        ...

    def _begin(self) -> _Sets:
        ...

    def _own(self, r: int) -> list:
        ...

    def _one_more(self, t: _Sets, states, steps=()) -> _Sets:
        ...

    def _chain(self, partners: tuple, missing: int) -> _Sets:
        ...

    def _bits(self, values: int) -> list:
        ...

    def high(self, missing: int, values: int=-1) -> np.ndarray:
        ...

    def _reached(self, missing: int, values: int=-1) -> _Sets:
        ...

    def low(self, missing: int) -> np.ndarray:
        ...

    def _narrow(self, partners: tuple, missing: int, least: int, most: int, values: int, near: int) -> np.ndarray:
        ...

    def _types(self):
        ...

    def _steps(self, e: int) -> tuple:
        ...

    def _key(self, used: np.ndarray) -> tuple:
        ...

    def _options(self, key: tuple, charges: list):
        ...

    def _completes(self, key: tuple) -> bool:
        ...

    def _has(self, sets: _Sets, words: int, a: int, q: int) -> bool:
        ...

    def _next(self, key: tuple, missing: int, left: int, a: int, q: int):
        ...

    def _roles(self):
        ...

    def _bring(self, role: int, e: int) -> list:
        ...

    def _players(self, role: int) -> dict:
        ...

    def _rare(self):
        ...

    def _safe(self, role: int, open_: tuple, taken: tuple) -> list:
        ...

    def _enter(self, t: _Sets, role: int, ways: list) -> _Sets:
        ...

    def _fill(self, open_: tuple, missing: int, taken: tuple) -> _Sets:
        ...

    def _profile(self, t: int, states: tuple) -> int:
        ...

    def _lineup(self, key: tuple) -> int:
        ...

    def _lined(self, profiles: tuple) -> int:
        ...

    def _castings(self, profiles: tuple) -> frozenset:
        ...

    def _whole(self, lineup: int) -> bool:
        ...

    def _fill_or_more(self, open_: tuple, room: int, missing: int, taken: tuple) -> _Sets:
        ...

    def _grow_and_fill(self, growth: tuple, others: tuple) -> _Sets:
        ...

    def _count_taken(self, key: tuple) -> tuple:
        ...

    def _numbers(self, lineups: np.ndarray, grow: int) -> np.ndarray:
        ...

    def _cast_ways(self, lineup: int, grow: int) -> tuple:
        ...

    def _outlook(self, lineup: int, missing: int, taken: tuple, grow: int=2) -> _Sets:
        ...

    def _split(self, x: np.ndarray) -> tuple:
        ...

    def _lookup(self, table, a, q) -> np.ndarray:
        ...

    def _by_row(self, r: _Rows) -> tuple:
        ...

    def _carriers(self, r: _Rows, b: np.ndarray, s: np.ndarray, fresh: np.ndarray) -> tuple:
        ...

    def _with(self, r: _Rows, b: np.ndarray, s: np.ndarray) -> tuple:
        ...

    def _by_pair(self, r: _Rows, b: np.ndarray, s: np.ndarray) -> tuple:
        ...

    def _sure(self, f, p, missing, words, elements, more, a, q) -> np.ndarray:
        ...

    def _perhaps(self, missing, f, p, words, a, q) -> np.ndarray:
        ...

    def _few(self, r, b, s, fresh, missing, f, words, elements, more, a, q) -> np.ndarray:
        ...

    def _partner_codes(self, r, b, s, fresh) -> np.ndarray:
        ...

    def _search(self, used: np.ndarray, s: int, n: np.ndarray) -> list:
        ...

    def _kinds_of_species(self) -> tuple:
        ...

    def _next_lineups(self, r: _Rows, b: np.ndarray, s: np.ndarray, fresh: np.ndarray) -> tuple:
        ...

    def _with_element(self, there: tuple, profiles: list) -> list:
        ...

    def _with_state(self, rest: tuple, x: tuple, v: int) -> list:
        ...

    def _next_taken(self, r: _Rows, b: np.ndarray, s: np.ndarray, fresh: np.ndarray) -> tuple:
        ...

    def _by_cast(self, r: _Rows, b: np.ndarray, s: np.ndarray) -> tuple:
        ...

    def _by_cast_once(self, r: _Rows, b: np.ndarray, s: np.ndarray) -> tuple:
        ...

    def _undecided(self, r: _Rows, out: np.ndarray, b: np.ndarray, s: np.ndarray):
        ...

    def _masked(self, r: _Rows) -> np.ndarray:
        ...

    def _ends(self, r: _Rows) -> np.ndarray:
        ...

    def mask(self, used: np.ndarray) -> tuple:
        ...

    def satisfiable(self) -> bool:
        ...

    def _coexist(self, has: np.ndarray) -> bool:
        ...

    def feasible(self, used: np.ndarray) -> bool:
        ...

    def reason(self) -> str:
        ...

    def row(self, a: Assignment) -> np.ndarray:
        ...

    def assignment(self, used: np.ndarray) -> Assignment:
        ...

    def refusal(self, a: Assignment) -> str:
        ...

    def formulas(self, limit: int=100000):
        ...

    def _extended(self, front, nxt, limit):
        ...
class _Sets:
    rows: Any
    field: Any
    keep: Any
    table: Any

    def __init__(self, rows: list, field: int, keep: int=-1):
        ...

    def _new(self, rows: list):
        ...

    def _slid(self, x: int, q: int) -> int:
        ...

    def __or__(self, other):
        ...

    def none(self):
        ...

    def word(self):
        ...

    def moved(self, n: int, q: int):
        ...

    def more(self, v: int, most: int):
        ...

    def between(self, low: int, high: int) -> int:
        ...

    def array(self, charges: int) -> np.ndarray:
        ...
def _pack(bits: np.ndarray) -> np.ndarray:
    ...
SEARCH = 1000000
TABLES = 60000
def _dot(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    ...
class _Rows:
    n_elements: Any
    fresh: Any
    lone: Any
    partners: Any
    next_fresh: Any
    next_partner: Any
    used: Any
    has: Any
    missing: Any
    n_missing: Any
    q: Any
    a: Any
    words: Any
    there: Any
    single: Any

    def __init__(self, c: BalanceConstraint, used: np.ndarray, missing: int):
        ...
def _groups(code: np.ndarray):
    ...
def _factorize(*columns) -> np.ndarray:
    ...
