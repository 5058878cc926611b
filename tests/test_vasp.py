"VASP from the command line: folders out, results back, whatever is in the files"
import random
from pathlib import Path
import numpy as np
import pandas as pd
import pytest
from ase.build import bulk
from vasp_files import outcar, vasprun
from crysvcd.cli import main
from crysvcd.dft import Calculation
from crysvcd.structure import as_structure
from crysvcd.vasp import export_vasp, read_vasp


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
    (place / "vasprun.xml").unlink(); outcar(place); text = (place / "OUTCAR").read_text(); (place / "OUTCAR").write_text(text[: len(text) // 2]); assert read_vasp(place).status == "failed"
    for text in ("", "null", "{}", '{"output": {}}', '{"output": {"structure": {"@module": "os", "@class": "system"}, "energy": 1}}'):
        for f in place.glob("OUTCAR"): f.unlink()
        (place / "vasprun.json").write_text(text); assert read_vasp(place).status == "failed"
