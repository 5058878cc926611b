"Guided models obey what the plain ones obey; fine-tuning resumes exactly; a crystal's condition is its own"
import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn
import crysvcd.guidance as guidance
from crysvcd.data import CrysVCDError, textbook_crystals
from crysvcd.flow import load_flow
from crysvcd.formula import load_formula
from crysvcd.generate import CrysVCD
from crysvcd.guidance import Conditional, Property, ask, finetune_formula, finetune_structure, guided, load_conditional
from crysvcd.prompt import Prompt
from crysvcd.sample import FormulaGenerator
from crysvcd.training import TrainConfig
from crysvcd.valence import label

BOOKS = [s for s in textbook_crystals()]
IONIC = [(a, float(s.density)) for a, s in ((label(s.composition), s) for s in BOOKS) if a.kind == "ionic"]
CFG = TrainConfig(steps=10, lr=5e-4, warmup=2)


def random_adapter(base, *names):
    m = Conditional(base, tuple(Property(n).fit(np.linspace(0, 10, 50)) for n in names)).eval(); g = torch.Generator().manual_seed(0)
    for p in m.adapter.parameters(): nn.init.normal_(p, std=0.3, generator=g)
    return m


@pytest.mark.parametrize("weight", [0, 2.0, {"a": 1, "b": 4}])
@pytest.mark.parametrize("prompt", [Prompt(), Prompt(system="Li-Fe-P-O"), Prompt(template="A-B-O3", classes={"A": "alkaline_earth", "B": "metal"}), Prompt(without="O F", n_atoms=(2, 8))])
def test_guided_formulas_balance_and_obey(weight, prompt):
    for m in guided(random_adapter(load_formula(), "a", "b"), {"a": "<= 3", "b": 7}, weight, values=2):
        for f in FormulaGenerator(m, prompt, seed=3).sample(25):
            assert f.assignment.charge == 0
            assert not FormulaGenerator("formula-ionic", prompt).constraint.refusal(f.assignment)


def interrupted(monkeypatch, make):
    "make(folder), stopped at step 4 and taken up again"
    class Stops(guidance.Trainer):
        def run(self, stop_at=None): super().run(stop_at=4); raise KeyboardInterrupt
    with monkeypatch.context() as mp:
        mp.setattr(guidance, "Trainer", Stops)
        with pytest.raises(KeyboardInterrupt): make()
    return make()


@pytest.mark.parametrize("stage", ["formula", "structure-flow", "structure-diffusion"])
def test_fine_tuning_resumes_exactly_and_is_read_back(tmp_path, monkeypatch, stage):
    from crysvcd.data import from_structures
    table = from_structures(BOOKS, [str(i) for i in range(len(BOOKS))]); dense = [float(s.density) if i % 3 else None for i, s in enumerate(BOOKS)]
    if stage == "formula": make = lambda d: lambda: finetune_formula([a for a, _ in IONIC], {"density": [x for _, x in IONIC]}, "density", tmp_path / d, cfg=CFG, batch_size=8)
    else: make = lambda d: lambda: finetune_structure(table, {"density": dense, "dense": [None if x is None else x > 5 for x in dense]}, ["density", Property("dense", "binary")], tmp_path / d, stage, CFG, 8)
    whole, parts = make("a")(), interrupted(monkeypatch, make("b"))
    read = load_conditional(tmp_path / "b")
    for k, w in whole.state_dict().items(): assert torch.equal(w, parts.state_dict()[k]), k
    for k, w in parts.state_dict().items(): assert torch.equal(w, read.state_dict()[k]), k
    assert whole.adapter.slope.abs().sum() > 0 and read.properties == parts.properties


def test_a_range_gives_each_crystal_its_own_value_alone_and_in_company():
    g = guided(random_adapter(load_flow(), "a"), {"a": "2 .. 8"}, 1.0, values=3)
    cells, seeds = ["NaCl", "MgO", "Ti2O4", "NaCl", "Li2O"], [5, 6, 7, 8, 9]
    together, alone = g.sample(cells, seeds), [g.sample([c], [s])[0] for c, s in zip(cells, seeds)]
    for a, b in zip(together, alone): np.testing.assert_allclose(a.lattice.matrix, b.lattice.matrix, atol=1e-6)


def test_both_stages_asked_generate_and_say_so(tmp_path):
    import json
    model = ask({"a": "<= 4"}, {"ionic": random_adapter(load_formula(), "a")}, random_adapter(load_flow(), "a"), weight=1.0)
    made = model.generate(6, seed=0, out=tmp_path / "c", progress=False); few = model.generate(3, seed=0, progress=False)
    assert [c.assignment for c in made[:3]] == [c.assignment for c in few] and all(c.assignment.charge == 0 for c in made)
    assert "<= 4" in json.dumps(json.loads((tmp_path / "c/manifest.json").read_text()))
    with pytest.raises(CrysVCDError, match="another request"): CrysVCD.from_pretrained().generate(6, seed=0, out=tmp_path / "c", progress=False)


@pytest.mark.parametrize("wish, why", [({"a": "> 90"}, "no training label"), ({"b": 3}, "has not learned 'b'"), ({}, "ask for something"), ("a", "ask for something"), ({"a": "high"}, "give a number"), ({"a": None}, "give a number")])
def test_wishes_that_make_no_sense(wish, why):
    with pytest.raises(CrysVCDError, match=why): guided(random_adapter(load_formula(), "a"), wish)


def test_labels_that_make_no_sense(tmp_path):
    formulas = [a for a, _ in IONIC]
    for labels, properties, why in (({"x": [1.0] * len(formulas)}, "x", "nothing to learn"), (pd.DataFrame({"x": ["a"] * len(formulas)}), "x", "no number"), ({"x": [None] * len(formulas)}, "x", "no label at all"), ({"x": range(len(formulas))}, ["x", "x"], "each once")):
        with pytest.raises(CrysVCDError, match=why): finetune_formula(formulas, labels, properties, tmp_path / "x", cfg=CFG)
    with pytest.raises(CrysVCDError, match="learned no property"): load_conditional("structure-flow")
