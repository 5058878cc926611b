"SIGKILL at an arbitrary moment: training goes on from its checkpoint, generation from its last finished crystal"
import json, signal, subprocess, sys, time
import pandas as pd
import pytest
from ase.io import read
from pymatgen.core import Structure


def start(*args, cwd):
    return subprocess.Popen([sys.executable, "-m", "crysvcd", *map(str, args)], cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def kill_when(process, condition, timeout=180):
    end = time.time() + timeout
    while not condition():
        assert process.poll() is None, process.stderr.read()
        assert time.time() < end, "nothing happened"
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL); process.wait()


@pytest.mark.parametrize("method", ["flow", "diffusion"])
def test_training_resumes(method, table, tmp_path):
    "Ends with the recorded losses and the weights of a run that was not killed, digit for digit"
    from crysvcd.training import load_tensors
    args = ["train", "structure", "--data", table, "--method", method, "--width", 32, "--dropout", 0.1, "--steps", 200, "--batch-size", 8, "--validate-every", 25, "--checkpoint-every"]
    p = start(*args, 0, "--out", tmp_path / "killed", cwd=tmp_path)
    checkpoint = tmp_path / "killed/checkpoint.safetensors"
    kill_when(p, lambda: checkpoint.exists() and load_tensors(checkpoint)[1]["step"] > 20)
    assert 20 < load_tensors(checkpoint)[1]["step"] < 200
    assert not (tmp_path / "killed/model.safetensors").exists()
    for name, every in {"killed": 0, "whole": 60}.items():
        p = start(*args, every, "--out", tmp_path / name, cwd=tmp_path); assert p.wait(timeout=300) == 0, p.stderr.read()
    a, b = ([{k: v for k, v in r.items() if k != "minutes"} for r in json.loads((tmp_path / n / "curve.json").read_text())] for n in ("killed", "whole"))
    assert a == b and len(a) == 8
    a, b = (load_tensors(tmp_path / n / "model.safetensors")[0] for n in ("killed", "whole"))
    assert all((a[k] == b[k]).all() for k in a), "a killed and resumed run ends with other weights than an uninterrupted one"


def test_generate_resumes(tmp_path):
    args = ["generate", 40, "--seed", 4, "--kind", "ionic"]
    out = tmp_path / "killed"
    p = start(*args, "--out", out, cwd=tmp_path)
    kill_when(p, lambda: (out / "crystals.csv").exists() and len((out / "crystals.csv").read_text().splitlines()) > 5)
    rows = pd.read_csv(out / "crystals.csv", dtype={"id": str})
    assert 3 < len(rows) < 40 and json.loads((out / "manifest.json").read_text())["status"] == "running"
    for cif in rows.cif[:-1]: Structure.from_file(out / cif)
    assert len(read(out / "crystals.extxyz", ":-1")) >= len(rows) - 1
    for folder in (out, tmp_path / "whole"):
        p = start(*args, "--out", folder, cwd=tmp_path); assert p.wait(timeout=300) == 0, p.stderr.read()
    a, b = (pd.read_csv(f / "crystals.csv", dtype={"id": str}) for f in (out, tmp_path / "whole"))
    pd.testing.assert_frame_equal(a.drop(columns="min_distance"), b.drop(columns="min_distance"))
    assert (a.min_distance - b.min_distance).abs().max() < 0.02
    assert json.loads((out / "manifest.json").read_text())["status"] == "complete"


def test_formula_training_resumes_exactly(table, tmp_path):
    "Dropout included: a run that was stopped ends with the same weights as one that was not"
    import torch
    from crysvcd.data import load_crystals
    from crysvcd.formula import FormulaConfig, train_formula
    from crysvcd.training import TrainConfig, Trainer
    books = load_crystals(table); cfg = TrainConfig(steps=30, warmup=5)
    whole = train_formula(books, books[:0], tmp_path / "a", cfg, FormulaConfig(), 8)
    run, Trainer.run = Trainer.run, lambda self: Trainer.whole(self, 13)
    Trainer.whole = run
    try: train_formula(books, books[:0], tmp_path / "b", cfg, FormulaConfig(), 8)
    finally: Trainer.run = run; del Trainer.whole
    resumed = train_formula(books, books[:0], tmp_path / "b", cfg, FormulaConfig(), 8)
    assert all(torch.equal(a, b) for a, b in zip(whole.state_dict().values(), resumed.state_dict().values()))
