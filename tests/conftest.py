import os, subprocess, sys
from pathlib import Path
import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture
def crysvcd(tmp_path, monkeypatch, capfd):
    "Call the command line's `main` in a fresh folder: crysvcd('label', 'NaCl') → CompletedProcess"
    monkeypatch.chdir(tmp_path)
    def run(*args):
        from crysvcd.cli import main
        capfd.readouterr()
        status = main([str(a) for a in args])
        return subprocess.CompletedProcess(args, status, *capfd.readouterr())
    return run


@pytest.fixture
def shell(tmp_path):
    "The same in a process of its own"
    def run(*args, timeout=300, **kw):
        return subprocess.run([sys.executable, "-m", "crysvcd", *map(str, args)], cwd=tmp_path, capture_output=True, text=True, timeout=timeout, **kw)
    return run


@pytest.fixture(scope="session")
def table(tmp_path_factory):
    "The textbook crystals as a CSV table in MP-20's layout"
    import pandas as pd
    from crysvcd.data import textbook_crystals
    c = textbook_crystals()
    path = tmp_path_factory.mktemp("data") / "train.csv"
    pd.DataFrame({"material_id": c.id, "e_above_hull": 0.0, "cif": [s.to(fmt="cif") for s in c]}).to_csv(path, index=False)
    return path


@pytest.fixture(autouse=True)
def private_cache(tmp_path_factory, monkeypatch):
    "Parsed tables are cached in a folder of the test run, unless real tables are used"
    if not os.environ.get("CRYSVCD_DATA"): monkeypatch.setenv("CRYSVCD_CACHE", str(tmp_path_factory.getbasetemp() / "cache"))
