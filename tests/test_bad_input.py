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
    (["label", "NaF2"], "no oxidation states balance"), (["label", "Qq"], "not a chemical formula"), (["label", ""], "formula"), (["label"], "give formulas"),
    (["train", "formula", "--data", "/nowhere"], "does not exist"), (["train", "nothing"], "unknown command"), (["frobnicate"], "unknown command"),
    (["train", "structure", "--method", "magic"], "choose flow"), (["generate", "10" + "0" * 20], "at most"), (["generate", "1", "--max-atoms", "0"], "a cell holds"),
    (["generate", "1", "--formula", "Na150Cl150"], "1 to 200"), (["generate", "1", "--formula", "NaCl", "--kind", "alloy"], "NaCl is ionic"), (["generate", "1", "--ionic", "formula-alloy"], "writes alloy"),
    (["train", "structure", "--minutes", "nan"], "must be positive"), (["train", "structure", "--steps", "0"], "at least 1"), (["train", "structure", "--batch-size", "0", "--steps", "1"], "batch size"),
    (["train", "structure", "--device", "abacus"], "not available"), (["train", "structure", "--width", "-1", "--steps", "1"], "width"), (["train", "formula", "--seed", "-1"], "seed"),
    (["formulas", "0"], "at least one formula"), (["formulas"], "required"), (["formulas", "2", "--kind", "salt"], "choose ionic"), (["formulas", "2", "--system", "Li-Xy"], "'Xy' is no element"), (["formulas", "2", "--within", "Li-Na"], "is positive"),
    (["formulas", "2", "--contains", "Pb", "--without", "Pb"], "asked for and forbidden"), (["formulas", "2", "--template", "A-B-O3"], "neither an element"), (["formulas", "2", "--template", "@@"], "is no part"), (["formulas", "2", "--states", "Fe++x"], "is no"), (["formulas", "2", "--states", "3+"], "is no"),
    (["formulas", "2", "--elements", "9"], "between 1 and 8"), (["formulas", "2", "--atoms", "0"], "n_atoms"), (["formulas", "2", "--z", "0"], "formula units"), (["formulas", "2", "--temperature", "0"], "positive"), (["formulas", "2", "--top-p", "7"], "between 0 and 1"),
    (["formulas", "2", "--exclude", "/nowhere.txt"], "No such file"), (["formulas", "2", "--format", "nonsense"], "format"), (["formulas", "2", "--model", "structure-flow"], "does not hold a formula model"), (["formulas", "2", "--out", "/nowhere/x.csv"], "written"), (["formulas", "2", "--seed", "-1"], "seed"),
    (["formulas", "2", "--system", "Na-Cl", "--atoms", "3"], "no balanced formula"), (["formulas", "2", "--contains", "La"], "vocabulary"), (["formulas", "2", "--classes", "A=Ca"], "without a template"), (["score", "NaCl", "--model", "nowhere"], "no weights"), (["audit", "/nowhere"], "does not exist"),
    (["predict"], "give formulas"), (["predict", "NaF2"], "no oxidation states"), (["predict", "Qq"], "not a chemical formula"), (["predict", "LaF3"], "La"), (["predict", "NaCl", "--z", "0"], "positive numbers"), (["predict", "NaCl", "--z", "x"], "whole numbers"),
    (["predict", "NaCl", "-k", "0"], "at least one"), (["predict", "NaCl", "--seed", "-1"], "seed"), (["predict", "Na150Cl150", "--exact-cell"], "at most 200"), (["predict", "NaCl", "--structure", "nowhere"], "no weights at"), (["predict", "NaCl", "--structure", "formula-ionic"], "does not hold a structure model"),
    (["generate", "2", "--within", "Li-Na"], "is positive"), (["generate", "2", "--formula", "NaCl", "--system", "Na-Cl"], "not both"),
    (["train", "structure", "--lr", "-1"], "lr = -1.0"), (["train", "structure", "--lr", "nan"], "lr = nan"), (["train", "structure", "--ema", "1.5"], "between 0 and 1"), (["train", "structure", "--workers", "-1"], "workers = -1"), (["train", "structure", "--dropout", "1"], "dropout"),
    (["train", "structure", "--recipe", "day"], "choose default, cpu-night, gpu"), (["train", "formula", "--recipe", "gpu"], "choose default, paper"), (["train", "structure", "--bf16", "perhaps"], "invalid"), (["train", "structure", "--warmup", "-1"], "warmup = -1"), (["train", "structure", "--validate-every", "0"], "validate-every = 0"),
    (["train", "structure", "--config", "/nowhere.json"], "cannot be read as JSON"), (["train", "structure", "--config", "/nowhere.toml"], "cannot be read as TOML"), (["train", "structure", "--config", "/x.json", "--recipe", "gpu"], "give one of them"), (["train", "structure", "--start", "/nowhere", "--steps", "1"], "no weights at"),
    (["predict", "NaCl", "--potential", "magic"], "unknown potential"), (["evaluate"], "give files or folders"), (["evaluate", "/nowhere"], "no such file"), (["evaluate", "/nowhere", "--phonon-limit", "0.1"], "add --phonons"),
    (["dielectric"], "give files"), (["dielectric", "/nowhere", "--no-springs"], "no such file"), (["conductivity", "/nowhere"], "no such file"), (["dft", "/nowhere"], "no such file"),
    (["label", "Na1e400Cl"], "too many atoms"), (["train", "formula", "--kind", "both", "--steps", "1"], "choose ionic"),
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
    for args in (["generate", "2", "--seed", "1"], ["generate", "1"], ["generate", "2", "--kind", "alloy"]):
        one_line(crysvcd(*args, "--out", tmp_path / "c"), "another request")
    assert (tmp_path / "c/crystals.csv").read_bytes() == before


def test_more_of_the_same_is_added_and_damage_is_mended(crysvcd, tmp_path):
    c = tmp_path / "c"
    assert crysvcd("generate", "3", "--out", c).returncode == 0
    before = pd.read_csv(c / "crystals.csv")
    (c / before.cif[1]).write_text("nonsense")
    (c / "crystals.csv").write_text((c / "crystals.csv").read_text().replace(before.species[0], "Zz9:1") + "0-0000")
    assert crysvcd("generate", "4", "--out", c).returncode == 0
    after = pd.read_csv(c / "crystals.csv")
    assert len(after) == 4 and after.head(3).drop(columns="min_distance").equals(before.drop(columns="min_distance"))


def test_foreign_files_stay(crysvcd, tmp_path):
    (tmp_path / "d").mkdir(); mine = tmp_path / "d/crystals.csv"; mine.write_text("my,precious\n1,2\n")
    one_line(crysvcd("generate", "1", "--out", tmp_path / "d"), "not ours")
    assert mine.read_text() == "my,precious\n1,2\n"
    (tmp_path / "e").mkdir(); (tmp_path / "e/manifest.json").write_text("[]")
    assert crysvcd("generate", "1", "--out", tmp_path / "e").returncode == 0


@pytest.mark.parametrize("config", ["[]", "{}", '{"method": "flow"}', '{"method": ["flow"]}', '{"method": "flow", "flow": {"denoiser": {"width": "a"}}}',
    '{"method": "flow", "flow": {"denoiser": {"width": -1}}}', '{"method": "flow", "flow": {"denoiser": {}, "depth": 3}}', '{"method": "flow", "flow": {"denoiser": {"width": 64}}}'])
def test_odd_configs(crysvcd, tmp_path, config):
    from crysvcd.training import find_weights
    w = tmp_path / "w"; shutil.copytree(find_weights("structure-flow"), w); (w / "config.json").write_text(config)
    one_line(crysvcd("generate", "1", "--structure", w))


def test_weights_that_are_not_finite(crysvcd, tmp_path):
    import torch
    from crysvcd.training import find_weights, load_tensors, save_tensors
    w = tmp_path / "w"; shutil.copytree(find_weights("structure-flow"), w)
    t = load_tensors(w / "model.safetensors")[0]; t["denoiser.start.weight"][0] = torch.nan; save_tensors(t, w / "model.safetensors")
    one_line(crysvcd("generate", "1", "--structure", w), "not finite")


def test_a_checkpoint_of_another_run_is_refused(crysvcd, table, tmp_path):
    args = ["train", "formula", "--data", table, "--out", tmp_path / "t", "--batch-size", "8", "--steps"]
    assert crysvcd(*args, "2").returncode == 0
    one_line(crysvcd(*args, "4", "--seed", "9"), "another seed")
    before = (tmp_path / "t/config.json").read_text(); small = pd.read_csv(table).head(40); small.to_csv(tmp_path / "small.csv")
    one_line(crysvcd("train", "formula", "--data", tmp_path / "small.csv", "--out", tmp_path / "t", "--batch-size", "8", "--steps", "4"), "another data")
    assert (tmp_path / "t/config.json").read_text() == before


@pytest.mark.parametrize("text, word", [
    ("[]", "no table of settings"), ("{", "cannot be read as JSON"), ('{"mehtod": "flow"}', "no setting 'mehtod'"), ('{"method": ["flow"]}', "method = ['flow']"), ('{"method": "magic"}', "choose flow"), ('{"train": 5}', "train is no table"), ('{"train": {"lr": "fast", "steps": 1}}', "lr = 'fast'"),
    ('{"train": {"steps": 1.5}}', "steps = 1.5"), ('{"train": {"speed": 1}}', "no setting 'speed'"), ('{"flow": {"denoiser": {"width": true}}}', "width = True"), ('{"flow": {"shfits": 1}}', "no setting 'shfits'"), ('{"flow": {"denoiser": {"layers": 0}}}', "at least 1 layer"), ('{"flow": 3}', "no table of settings"),
    ('{"batch_size": null, "train": {"steps": 1}}', "batch_size = None"), ('{"train": {"lr": 1e-3}}', "training budget"), ('{"train": {"steps": 1, "device": "abacus"}}', "not available"),
])
def test_odd_recipes(crysvcd, table, tmp_path, text, word):
    (tmp_path / "r.json").write_text(text)
    one_line(crysvcd("train", "structure", "--data", table, "--config", tmp_path / "r.json"), word)
    assert not (tmp_path / "runs").exists()


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
    assert len(rows) == 3 and rows[0] == {"formula": "Fe3O4", "kind": "ionic", "species": {"Fe2+": 1, "Fe3+": 2, "O2-": 4}}
    assert rows[1]["species"] is None and "no oxidation states" in rows[1]["reason"]
    assert rows[2]["species"] == {"Cu0": 3, "Au0": 1} and rows[2]["kind"] == "alloy"
