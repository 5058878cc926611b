"VASP from the command line: folders out, results back, whatever is in the files"
import random
import shutil
import numpy as np
import pandas as pd
import pytest
from ase.build import bulk
from vasp_files import outcar, vasprun
from crysvcd.cli import main
from crysvcd.dft import Calculation
from crysvcd.structure import as_structure
from crysvcd.evaluation import Item
from crysvcd.vasp import draw_parity, export_vasp, import_vasp, read_phonons, read_vasp


@pytest.fixture
def crystals(tmp_path):
    folder = tmp_path / "crystals"; folder.mkdir()
    for name, a in (("MgO", bulk("MgO", "rocksalt", a=4.21)), ("NaCl", bulk("NaCl", "rocksalt", a=5.6)), ("ZnS", bulk("ZnS", "wurtzite", a=3.8, c=6.2))): as_structure(a).to(filename=str(folder / f"{name}.cif"))
    return folder


def test_there_and_back(crystals, tmp_path, capsys):
    out = tmp_path / "vasp"; command = ["export", "vasp", str(crystals), "--kinds", "relax, dielectric", "--out", str(out)]
    assert main(command) == 0 and (out / "jobs.txt").read_text().split() == ["MgO/relax", "NaCl/relax", "ZnS/relax"]
    assert main(["import", "vasp", str(out)]) == 1 # nothing has run
    for name in ("MgO", "ZnS"): vasprun(out / name / "relax", energy=-10.0)
    assert main(command) == 0 and (out / "jobs.txt").read_text().split() == ["MgO/dielectric", "NaCl/relax", "ZnS/dielectric"]
    vasprun(out / "MgO/dielectric", epsilon=np.eye(3) * 3, epsilon_ion=np.eye(3) * 7, born=np.array([np.eye(3), -np.eye(3)]))
    pd.DataFrame({"id": ["MgO", "ZnS"], "formula": ["MgO", "ZnS"], "volume": [9.3, 19.0], "reason": ["", ""]}).to_csv(tmp_path / "predicted.csv", index=False); capsys.readouterr()
    assert main(["import", "vasp", str(out), "--beside", str(tmp_path / "predicted.csv")]) == 0
    t = pd.read_csv(out / "results.csv").set_index("id"); assert t.relax_status.to_dict() == {"MgO": "converged", "NaCl": "not run", "ZnS": "converged"} and t.eps_total["MgO"] == pytest.approx(10) and t.volume_dft["MgO"] == pytest.approx(4.21**3 / 8, rel=1e-4)
    assert (out / "parity.png").stat().st_size > 5000 and "volume_dft" in capsys.readouterr().out


def test_results_are_never_touched(crystals, tmp_path):
    out = tmp_path / "vasp"; export_vasp(crystals, out); f = out / "MgO/relax/vasprun.xml"; f.write_text("half"); before = {p: p.read_bytes() for p in (out / "MgO").rglob("*") if p.is_file()}
    t = export_vasp(crystals, out, ["relax", "static"]); assert t[t.id == "MgO"].status.tolist() == ["has results", "waits for relax"] and "failed" in t[(t.id == "MgO") & (t.kind == "static")].reason.item()
    assert all(p.read_bytes() == b for p, b in before.items())


@pytest.mark.parametrize("args,words", [([], "give files or folders"), (["nowhere"], "no such file"), ([".", "--kinds", "optics"], "choose of relax"), ([".", "--potcar"], "")])
def test_bad_input(args, words, crystals, monkeypatch, capsys):
    monkeypatch.chdir(crystals); monkeypatch.delenv("PMG_VASP_PSP_DIR", raising=False); rc = main(["export", "vasp", *args]); said = capsys.readouterr()
    assert rc and words in said.err and "Traceback" not in said.err and ("PMG_VASP_PSP_DIR" in said.out if args[-1:] == ["--potcar"] else said.err.count("\n") == 1)


def test_files_of_any_kind_are_a_status_and_a_reason(crystals, tmp_path):
    out = tmp_path / "vasp"; export_vasp(crystals, out, "relax"); place = out / "ZnS/relax"; vasprun(place); whole = (place / "vasprun.xml").read_bytes(); rng = random.Random(0)
    for _ in range(30):
        cut = bytearray(whole[:rng.randrange(len(whole))] if rng.random() < 0.5 else whole)
        for _ in range(rng.randrange(6)): cut[rng.randrange(len(cut))] = rng.randrange(256) if cut else 0
        (place / "vasprun.xml").write_bytes(bytes(cut)); r = read_vasp(place); assert isinstance(r, Calculation) and r.status in ("converged", "not converged", "failed") and (r.status == "converged" or r.reason)
    (place / "vasprun.xml").unlink(); shutil.copy(place / "POSCAR", place / "CONTCAR"); outcar(place); assert read_vasp(place).status == "converged"; text = (place / "OUTCAR").read_text(); (place / "OUTCAR").write_text(text[: len(text) // 2]); assert read_vasp(place).status == "failed"
    for text in ("", "null", "{}", '{"output": {}}', '{"output": {"structure": {"@module": "os", "@class": "system"}, "energy": 1}}'):
        for f in place.glob("OUTCAR"): f.unlink()
        (place / "vasprun.json").write_text(text); assert read_vasp(place).status == "failed"


def test_one_bad_crystal_does_not_stop_the_others(crystals, tmp_path):
    out = tmp_path / "vasp"; cf = as_structure(bulk("CfO", "rocksalt", a=5.0)); t = export_vasp([str(crystals), Item("Cf", cf), Item("mixed", cf.copy().replace_species({"Cf": {"Mg": 0.5, "Ca": 0.5}}))], out, ["relax", "phonons"], as_is=True, min_length=6)
    assert set(t[t.id == "MgO"].status) == {"written"} and t[t.id == "mixed"].status.eq("failed").all() and t[(t.id == "Cf") & (t.kind == "phonons")].status.item() == "written" and (out / "jobs.txt").exists()
    for i in ("MgO", "NaCl", "ZnS"): vasprun(out / i / "relax")
    (out / "NaCl/crystal.json").write_text("{"); (out / "ZnS/relax/vasprun.xml").write_text((out / "ZnS/relax/vasprun.xml").read_text().replace("-10.00000000", "nan"))
    t = import_vasp(out).set_index("id"); assert t.relax_status["MgO"] == "converged" and t.reason["NaCl"] and t.reason["ZnS"]


def test_phonons_go_on_and_take_nothing_from_the_folder_we_are_in(crystals, tmp_path, monkeypatch):
    out = tmp_path / "vasp"; how = dict(kinds="phonons", as_is=True, min_length=6); export_vasp(crystals / "MgO.cif", out, **how); first, second = sorted((out / "MgO/phonons").glob("0*")); forces = lambda f: np.random.default_rng(0).normal(size=(len(as_structure(f / "POSCAR")), 3)) * 0.01
    vasprun(first, forces=forces(first)); before = (second / "POSCAR").read_bytes(); t = export_vasp(crystals / "MgO.cif", out, **how); assert (t.status[0], t.runs[0], (out / "jobs.txt").read_text().split()) == ("written", 1, ["MgO/phonons/002"]) and before == (second / "POSCAR").read_bytes()
    vasprun(second, forces=forces(second)); a = read_phonons(out / "MgO/phonons"); monkeypatch.chdir(tmp_path)
    for f in ("BORN", "FORCE_SETS", "FORCE_CONSTANTS"): (tmp_path / f).write_text("nonsense")
    assert read_phonons(out / "MgO/phonons").min_mesh == a.min_mesh and export_vasp(crystals / "MgO.cif", out, **how).status.tolist() == ["has results"]
    (out / "MgO/phonons/phonopy_disp.yaml").write_text("a: [")
    assert "cannot be read" in import_vasp(out).reason[0]


def test_jobs_of_earlier_exports_stay(crystals, tmp_path):
    out = tmp_path / "vasp"; export_vasp(crystals / "MgO.cif", out); export_vasp(crystals / "NaCl.cif", out); assert (out / "jobs.txt").read_text().split() == ["MgO/relax", "NaCl/relax"] and pd.read_csv(out / "folders.csv").id.tolist() == ["MgO", "NaCl"]
    t = export_vasp(Item("MgO", as_structure(crystals / "NaCl.cif")), out); assert t.status[0] == "failed" and "another crystal" in t.reason[0] # a name that is taken


def test_energies_of_another_functional_have_no_place_on_the_hull(crystals, tmp_path):
    out = tmp_path / "vasp"; export_vasp(crystals / "MgO.cif", out); f = out / "MgO/relax/vasprun.xml"; vasprun(f.parent, energy=-11.9); assert np.isfinite(import_vasp(out).e_above_hull[0])
    f.write_text(f.read_text().replace('<i name="GGA" type="string"> PE</i>', '<i name="GGA" type="string"> PS</i>')); t = import_vasp(out); assert np.isnan(t.e_above_hull[0]) and "PBEsol" in t.reason[0]


@pytest.mark.parametrize("text,words", [("", "is no table"), ("a,b\n1,2\n", "no column 'id'"), ("id,x\nother,1\n", "of other crystals"), ("id,x_dft\nMgO,1\n", "calculations already"), ("id,x\nMgO,1\nMgO,2\n", "twice")])
def test_bad_predictions(text, words, crystals, tmp_path, capsys):
    out = tmp_path / "vasp"; export_vasp(crystals / "MgO.cif", out); (tmp_path / "p.csv").write_text(text)
    assert main(["import", "vasp", str(out), "--beside", str(tmp_path / "p.csv")]) == 2; said = capsys.readouterr().err; assert words in said and said.count("\n") == 1


def test_yes_and_no_are_not_drawn():
    t = pd.DataFrame({"phonon_stable": [True, False], "phonon_stable_dft": [True, True], "gap": [1.0, 2.0], "gap_dft": [1.1, 2.2]}); assert len(draw_parity(t).axes) == 1
