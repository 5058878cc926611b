"Every mistake costs one clear line and a non-zero exit status, and loses nothing"
import gzip, json, resource, shutil
from pathlib import Path
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st


def one_line(r, *words):
    assert r.returncode not in (0, None), r.stdout
    lines = [l for l in r.stderr.splitlines() if l.strip() and "it/s" not in l and "/s]" not in l and "warn" not in l.lower()]
    assert "Traceback" not in r.stderr, r.stderr
    assert any(l.startswith("crysvcd") for l in lines) or "no label" in r.stdout, (lines, r.stdout)
    for w in words: assert w in r.stderr + r.stdout, (w, r.stderr, r.stdout)


@pytest.mark.parametrize("args, word", [
    (["generate", "0"], "at least one"), (["generate", "-1"], "at least one"), (["generate", "two"], "invalid int"), (["generate"], "required"),
    (["generate", "2", "--kind", "salt"], "choose ionic"), (["generate", "2", "--formula", "NaF2"], "no oxidation states balance"),
    (["generate", "2", "--formula", "Xx2"], "not a chemical formula"), (["generate", "2", "--formula", "XeF2"], "Xe"), (["generate", "2", "--seed", "-3"], "seed"),
    (["generate", "2", "--structure", "/nowhere"], "no weights at"), (["generate", "2", "--structure", "formula-ionic"], "does not hold a structure model"),
    (["label", "NaF2"], "no oxidation states balance"), (["label", "Qq"], "not a chemical formula"), (["label", ""], "formula"), (["label"], "required"),
    (["train", "formula", "--data", "/nowhere"], "does not exist"), (["train", "nothing"], "unknown command"), (["frobnicate"], "unknown command"),
    (["train", "structure", "--method", "magic"], "choose flow"), (["train", "formula", "--kind", "both", "--steps", "1"], "choose ionic"),
])
def test_requests(crysvcd, args, word): one_line(crysvcd(*args), word)


def test_tables(crysvcd, table, tmp_path):
    t = pd.read_csv(table)
    t.drop(columns="cif").to_csv(tmp_path / "nocif.csv"); (tmp_path / "empty.csv").write_text(""); (tmp_path / "binary.csv").write_bytes(bytes(range(256)) * 9)
    (tmp_path / "cut.csv.gz").write_bytes(gzip.compress(table.read_bytes())[:400]); (tmp_path / "folder").mkdir(); t.head(0).to_csv(tmp_path / "header.csv")
    t.assign(cif="data_broken\n").to_csv(tmp_path / "broken.csv")
    for name, word in [("nocif.csv", "cif"), ("empty.csv", "empty"), ("binary.csv", "CSV"), ("cut.csv.gz", "CSV"), ("folder", "no CSV table"), ("header.csv", "no rows"), ("broken.csv", "no usable row")]:
        one_line(crysvcd("train", "structure", "--data", tmp_path / name, "--steps", "1"), word)


def test_one_broken_row_is_dropped_and_the_rest_stays(table, tmp_path):
    from crysvcd.data import load_crystals
    t = pd.read_csv(table); t.loc[3, "cif"] = "data_broken\n"; t.to_csv(tmp_path / "t.csv")
    c = load_crystals(tmp_path / "t.csv", elements=None)
    assert len(c) == len(t) - 1 and list(c.dropped.id) == [t.material_id[3]] and "unreadable CIF" in c.dropped.reason[0]


@pytest.mark.parametrize("damage", ["cut", "other", "config", "missing"])
def test_damaged_weights(crysvcd, tmp_path, damage):
    from crysvcd.training import find_weights
    w = tmp_path / "w"; shutil.copytree(find_weights("structure-flow"), w); f = w / "model.safetensors"
    if damage == "cut": f.write_bytes(f.read_bytes()[:1000])
    if damage == "other": shutil.copy(find_weights("formula-ionic") / "model.safetensors", f)
    if damage == "config": (w / "config.json").write_text("{")
    if damage == "missing": f.unlink()
    one_line(crysvcd("generate", "1", "--structure", w))
    assert not (tmp_path / "crystals").exists()


def test_unwritable_folder(crysvcd, tmp_path):
    (tmp_path / "file").write_text("")
    one_line(crysvcd("generate", "1", "--out", tmp_path / "file" / "out"), "cannot write")


def test_full_disk_keeps_what_is_finished(shell, tmp_path):
    "No file may grow beyond 6 kB: the tables overflow after some crystals"
    small = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (6_000, resource.RLIM_INFINITY))
    r = shell("generate", "60", "--out", tmp_path / "c", preexec_fn=small)
    one_line(r, "cannot write", "readable")
    n = len(list((tmp_path / "c/cifs").glob("*.cif")))
    assert n > 3
    again = shell("generate", "60", "--out", tmp_path / "c")
    assert again.returncode == 0 and len(pd.read_csv(tmp_path / "c/crystals.csv")) == 60


def test_another_request_does_not_overwrite(crysvcd, tmp_path):
    assert crysvcd("generate", "2", "--out", tmp_path / "c").returncode == 0
    before = (tmp_path / "c/crystals.csv").read_bytes()
    one_line(crysvcd("generate", "3", "--out", tmp_path / "c"), "another request")
    assert (tmp_path / "c/crystals.csv").read_bytes() == before


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=30) | st.from_regex(r"[A-Z][a-z]?[0-9.()\[\]{}+\-*^ ]{0,6}([A-Z][a-z]?[0-9]{0,4}){0,4}", fullmatch=True))
def test_formula_strings_never_crash(text):
    from crysvcd.valence import ValenceError, label
    try: a = label(text)
    except ValenceError: return
    assert a.charge == 0


def test_a_process_of_its_own(shell):
    one_line(shell("generate", "0"), "at least one")
    assert shell("--version").stdout.startswith("crysvcd 0.") and "generate" in shell("--help").stdout


def test_json_lines(crysvcd):
    r = crysvcd("label", "--json", "Fe3O4", "NaF2", "Cu3Au")
    rows = [json.loads(l) for l in r.stdout.splitlines()]
    assert rows[0] == {"formula": "Fe3O4", "kind": "ionic", "species": {"Fe2+": 1, "Fe3+": 2, "O2-": 4}}
    assert rows[1]["species"] is None and "no oxidation states" in rows[1]["reason"]
    assert rows[2]["species"] == {"Cu0": 3, "Au0": 1} and rows[2]["kind"] == "alloy"
