"Prompts and the mask, on inputs nobody chose"
import itertools
import numpy as np
import pytest
from hypothesis import example, given, settings, strategies as st
from crysvcd.balance import BalanceConstraint
from crysvcd.data import CrysVCDError, VALID_ELEMENTS
from crysvcd.embedding import vocabulary
from crysvcd.prompt import Prompt, PromptError, broken_rule
from crysvcd.valence import Assignment, Species

SMALL = [Species.parse(s) for s in "Li1+ Na1+ Mg2+ Fe2+ Fe3+ Fe4+ Ti4+ O2- O1- S2- F1- N3-".split()]
ELEMENTS = sorted({s.element for s in SMALL})
some = st.lists(st.sampled_from(ELEMENTS), min_size=1, max_size=3, unique=True)
ranges = lambda lo, hi: st.tuples(st.integers(lo, hi), st.integers(lo, hi)).map(lambda x: tuple(sorted(x)))
part = st.tuples(st.sampled_from([*ELEMENTS, "?", "W", "X", "Y", "Z"]), st.sampled_from(["", "?", "1", "2", "3"])).map("".join)
template = st.tuples(st.lists(part, min_size=1, max_size=3), st.booleans()).map(lambda x: "-".join(x[0]) + "-*" * x[1])
wishes = st.fixed_dictionaries({}, optional=dict(within=st.lists(st.sampled_from(ELEMENTS), min_size=3, max_size=6, unique=True), contains=some, without=some, n_elements=ranges(1, 4), n_atoms=ranges(2, 7),
    template=template, states=st.sampled_from(["Fe2+", "Fe2+ Fe4+", "O2-", "Fe3+ O2-"])))


def truth(c):
    "Every formula under a constraint by brute force"
    found = set()
    for k in range(1, c.max_species + 1):
        for chosen in itertools.combinations(range(len(c.species)), k):
            for counts in itertools.product(range(1, c.max_count + 1), repeat=k):
                if sum(n * c.species[s].charge for n, s in zip(counts, chosen)): continue
                if not c.refusal(Assignment({c.species[s]: n for s, n in zip(chosen, counts)})): found.add(tuple(counts[chosen.index(s)] if s in chosen else 0 for s in range(len(c.species))))
    return found


@settings(max_examples=60, deadline=None)
@given(wishes)
@example(dict(template="?-W-W-*", contains="N", within="N S Fe F")) # one of two players is spoken for, the other must not come in another state
def test_mask_is_exact_for_any_prompt(w):
    "No dead end and no false ban, for every half-written formula of every satisfiable prompt; the others say so"
    try: p = Prompt(**w, **({"classes": {"W": "Fe3+ O2- N", "X": "O S F", "Y": "Li Mg Fe", "Z": "Fe Ti4+ Na"}} if "template" in w else {}))
    except PromptError: return
    try: c = BalanceConstraint(SMALL, p, max_count=4, max_species=3, check=False)
    except PromptError: return
    formulas = truth(c)
    assert c.satisfiable() == bool(formulas)
    if not formulas:
        with pytest.raises(PromptError): BalanceConstraint(SMALL, p, max_count=4, max_species=3)
        return
    masks = {}
    for f in formulas:
        words = [(s, n) for s, n in enumerate(f) if n]
        for k in range(len(words) + 1):
            for some in itertools.combinations(words, k):
                row = tuple(dict(some).get(s, 0) for s in range(len(f)))
                masks.setdefault(row, set()).update(set(words) - set(some))
    ends, got = c.mask(np.array(list(masks)))
    for row, end, m in zip(masks, ends, got):
        assert {(int(s), int(n) + 1) for s, n in zip(*m.nonzero())} == masks[row], (p, c.assignment(np.array(row)))
        assert bool(end) == (row in formulas)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=12), st.sampled_from(["system", "within", "contains", "without", "template", "states", "n_elements", "n_atoms"]))
def test_any_text_is_a_prompt_or_a_prompt_error(text, field):
    try: Prompt(**{field: text})
    except CrysVCDError as e: assert str(e)


@settings(max_examples=25, deadline=None)
@given(st.fixed_dictionaries({}, optional=dict(contains=st.lists(st.sampled_from(VALID_ELEMENTS), min_size=1, max_size=3, unique=True), without=st.lists(st.sampled_from(VALID_ELEMENTS), min_size=1, max_size=9, unique=True),
    n_elements=ranges(1, 5), n_atoms=ranges(1, 20))), st.integers(0, 99))
def test_samples_obey_any_prompt(w, seed):
    "The shipped model under prompts nobody chose: balanced, obedient, or refused at once"
    from crysvcd.sample import FormulaGenerator
    try: g = FormulaGenerator(shipped(), Prompt(**w), seed=seed, batch_size=16)
    except PromptError: return
    for f in g.sample(16): assert f.assignment.charge == 0 and not broken_rule(g.prompt, f.assignment) and not g.constraint.refusal(f.assignment)
    assert not g.refused


def shipped(memo=[]):
    from crysvcd.formula import load_formula
    if not memo: memo.append(load_formula())
    return memo[0]


def test_alloys_obey_too():
    c = BalanceConstraint(vocabulary("alloy"), Prompt(contains="Ni", n_elements=(2, 3), n_atoms=(2, 6)))
    end, m = c.mask(np.zeros((1, len(c.species)), int))
    assert not end[0] and m[0].any() and all(s.charge == 0 for s in c.species)
