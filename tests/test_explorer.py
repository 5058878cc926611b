"The explorer without a browser: what it says of strange requests, what it stops, what it keeps"
import json, re, subprocess, sys, threading, time
from html import unescape
import numpy as np, pandas as pd, pytest
from crysvcd import CrysVCD, CrysVCDError, Explorer
from crysvcd.explore import Panel, campaign_html, formulas_html, frame, ipywidgets, places, write_app
from crysvcd.prompt import PromptError, obeys
from crysvcd.structure import is_valid


@pytest.fixture(scope="module")
def model(): return CrysVCD.from_pretrained()


@pytest.fixture
def explorer(model): return Explorer(model)


def test_marks_are_a_prompt_that_the_crystals_obey(explorer):
    for e, how in {"Ca": "with", "F": "with", "O": "without", "Cl": "without"}.items(): explorer.pick(e, how)
    explorer.n_elements, explorer.n_atoms = (2, 4), (3, 12)
    made, listed = explorer.generate(5, seed=3), explorer.formulas(25)
    assert len(made) == 5 and all(obeys(explorer.prompt, c.assignment) and c.assignment.charge == 0 and is_valid(c.structure) for c in made)
    assert len(listed) == 25 and all(obeys(explorer.prompt, a) for a in listed.assignment) and listed.log_prob.is_monotonic_decreasing


@pytest.mark.parametrize("match, holds", [("contains", {"Na", "S"}), ("within", set()), ("system", {"Na", "S"})])
def test_what_wanted_means(explorer, match, holds):
    for e in ("Na", "S"): explorer.pick(e)
    explorer.match = match; have = [{s.element for s in a} for a in explorer.formulas(30).assignment]
    assert have and all(holds <= h for h in have) and (match == "contains" or all(h <= {"Na", "S"} for h in have))


def test_marks_of_another_kind_are_put_aside(explorer):
    explorer.pick("O"); explorer.pick("Ni"); explorer.kind = "alloy"
    assert "O" not in explorer.elements and explorer.prompt.required == {"Ni"} and all("Ni" in str(a) for a in explorer.formulas(5).assignment)


@pytest.mark.parametrize("ask, words", [(lambda x: x.pick("Xx"), "Xx"), (lambda x: x.pick("O", 3), "choose with"), (lambda x: x.generate(0), "N = 0"), (lambda x: x.generate(1, seed=-1), "seed"), (lambda x: x.generate(1, formula="NaF2"), "NaF2"),
    (lambda x: x.generate(1, formula="H400O200"), "atoms"), (lambda x: x.verdict("none"), "none"), (lambda x: x.keep("none"), "none"), (lambda x: x.export("x"), "no favourites"), (lambda x: x.film("none"), "none"), (lambda x: x.formulas(every=True), "mark more"), (lambda x: write_app("/none/x"), "choose another")])
def test_strange_requests(explorer, ask, words):
    with pytest.raises(CrysVCDError, match=re.escape(words)): ask(explorer)


@pytest.mark.parametrize("field, value", [("kind", "organic"), ("match", "nearly"), ("n_atoms", (9, 3)), ("n_elements", "many")])
def test_strange_fields(explorer, field, value):
    setattr(explorer, field, value)
    with pytest.raises(CrysVCDError): explorer.formulas()


def test_no_formula(explorer):
    for e in ("Na", "K"): explorer.pick(e)
    explorer.match = "system"
    with pytest.raises(PromptError, match="no balanced formula"): explorer.formulas()


def test_cancel_from_another_thread_stops_within_a_crystal(model):
    flow = Explorer(CrysVCD(model.formulas, model.structures.flow)); done = []
    thread = threading.Thread(target=lambda: done.append(flow.generate(1000, formula="Li8Fe8O16"))); thread.start(); time.sleep(1); t0 = time.monotonic(); flow.cancel(); thread.join(20)
    assert done and len(done[0]) < 20 and time.monotonic() - t0 < 10 and list(flow.made) == [c.id for c in done[0]]
    assert len(flow.generate(1, formula="Na1Cl1")) == 1 # it can go on


def test_crystals_of_different_requests_keep_their_names(explorer):
    a, b = explorer.generate(1, seed=1, formula="Ti2O4")[0], explorer.generate(1, seed=1, formula="Ti2O4")[0]; assert a.id == b.id and len(explorer.made) == 1
    explorer._add(type(a)(a.id, _stretched(a.structure), a.assignment, 0.0, 1))
    assert list(explorer.made) == [a.id, a.id + "-2"]


def _stretched(s): s = s.copy(); s.scale_lattice(1.2 * s.volume); return s


def test_favourites_come_and_go(explorer, tmp_path):
    ids = [c.id for c in explorer.generate(3, formula="Mg2O2")]
    for i in ids: explorer.keep(i)
    explorer.drop(ids[1]); explorer.export(tmp_path); t = pd.read_csv(tmp_path / "crystals.csv")
    assert t.id.tolist() == [ids[0], ids[2]] and t.status.isna().all() and sorted(p.name for p in (tmp_path / "cifs").iterdir()) == sorted(f"{i}.cif" for i in (ids[0], ids[2]))
    with pytest.raises(CrysVCDError, match="not among"): explorer.drop(ids[1])


def test_a_frame_is_complete_and_harmless():
    one = {"lattice": np.eye(3).tolist(), "atoms": [[0.0, 0.0, 0.0, "Na"]], "bonds": [], "cell": "</script><b>"}
    made = frame([one, one], "\"><script>alert(1)</script>"); page = unescape(re.search(r'srcdoc="([^"]*)"', made)[1])
    assert "alert(1)" not in re.sub(r"&lt;script&gt;alert\(1\)", "", page) and page.count("<script") == 2 and "http" not in page and "\\u003c/script>" in page and 'id="step"' in page and 'id="step"' not in frame([one], "x")


def test_a_campaign_that_is_none_or_damaged(tmp_path):
    with pytest.raises(CrysVCDError, match="no campaign"): campaign_html(tmp_path)
    (tmp_path / "campaign.json").write_text("{}"); assert "No round" in campaign_html(tmp_path)
    (tmp_path / "rounds.csv").write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(CrysVCDError, match="cannot be read"): campaign_html(tmp_path)
    pd.DataFrame([{"round": 0, "arm": "<b>base", "crystals": 2, "fulfil": 1, "share": 0.5, "low": 0.1, "high": 0.9, "new": 1}]).to_csv(tmp_path / "rounds.csv", index=False)
    leg = tmp_path / "round-0" / "<b>base"; leg.mkdir(parents=True); pd.DataFrame({"id": ["a"], "valid": [True], "e_above_hull": [0.02]}).to_csv(leg / "results.csv", index=False)
    assert "<b>base" not in (made := campaign_html(tmp_path)) and made.count("<figure>") == 1


def test_of_several_questions_the_last_is_answered(explorer, monkeypatch):
    answers, ask = threading.Event(), Explorer.formulas
    def slow(self, *a, **k):
        wanted = set(self.marks)
        if wanted == {"Li"}: answers.wait(30)
        return ask(self, *a, **k)
    monkeypatch.setattr(Explorer, "formulas", slow)
    p = Panel(explorer); p.match.value = "within"; p.buttons["Li"].click(); first = p._refresh(); explorer.pick("F"); p._refresh().join(60); listed = p.listed.value; assert "LiF" in listed
    answers.set(); first.join(60); assert p.listed.value == listed and p.formula.value == "" and len(p.formula.options) > 1


def test_what_goes_wrong_is_said_on_the_page(explorer):
    p = Panel(explorer); p.formula.options = [("x", "NaF2")]; p._begin().join(60)
    assert "no oxidation states balance" in p.message.value and not p.go.disabled and p.stop.disabled


def test_every_element_has_its_place(explorer):
    assert explorer.elements <= set(places()) and len(set(places().values())) == len(places()) and "no formula" not in formulas_html(explorer.formulas(3))


def test_without_ipywidgets(monkeypatch):
    import crysvcd
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    with pytest.raises(CrysVCDError, match=r"pip install 'crysvcd\[explorer\]'"): crysvcd.explorer()
    with pytest.raises(CrysVCDError): ipywidgets()


def test_it_is_imported_when_it_is_needed():
    code = "import sys, crysvcd, crysvcd.explore; print('ipywidgets' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "False"


def test_the_app_is_a_notebook(tmp_path):
    import nbformat
    nbformat.validate(nbformat.read(write_app(tmp_path / "a.ipynb"), 4))
