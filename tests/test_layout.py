"The architecture can be read off the file list, and it holds"
import ast, json, re, subprocess, sys
from pathlib import Path
import pytest

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted(p for p in (ROOT / "nbs").glob("[0-9]*.ipynb"))
MODULES = [p.stem.split("_", 1)[1] for p in NOTEBOOKS if "default_exp" in p.read_text()]


def tree(name): return ast.parse((ROOT / f"crysvcd/{name}.py").read_text())


@pytest.mark.parametrize("name", MODULES)
def test_modules_import_only_from_earlier_rooms(name):
    earlier = {"crysvcd", *(f"crysvcd.{m}" for m in MODULES[:MODULES.index(name)])}
    used = {n.module for n in ast.walk(tree(name)) if isinstance(n, ast.ImportFrom) and (n.module or "").startswith("crysvcd")}
    assert used <= earlier, used - earlier


@pytest.mark.parametrize("name", MODULES)
def test_functions_are_short_and_documented(name):
    for f in ast.walk(tree(name)):
        if isinstance(f, (ast.FunctionDef, ast.AsyncFunctionDef)): assert f.end_lineno - f.lineno + 1 <= 40, f.name
        if isinstance(f, ast.ExceptHandler): assert f.type is not None, f"{name}: bare except"
    for f in tree(name).body:
        if isinstance(f, (ast.FunctionDef, ast.ClassDef)) and not f.name.startswith("_"): assert ast.get_docstring(f), f"{name}.{f.name} has no docstring"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_notebooks_show_something(path):
    cells = json.loads(path.read_text())["cells"]
    outputs = [o for c in cells if c["cell_type"] == "code" for o in c["outputs"]]
    assert outputs and not any(o["output_type"] == "error" for o in outputs)
    assert any("image/png" in o.get("data", {}) or "text/html" in o.get("data", {}) for o in outputs)
    assert "".join(cells[0]["source"]).startswith("# ") and "> " in "".join(cells[0]["source"])


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_no_paths_of_one_machine(path):
    out = [line for c in json.loads(path.read_text())["cells"] if c["cell_type"] == "code" for o in c["outputs"]
           for line in [*o.get("text", []), *o.get("data", {}).get("text/plain", []), *o.get("data", {}).get("text/html", [])]]
    assert not [line for line in out if re.search(r"(?<![\w.])/(tmp|home|root|work|opt|usr|var)/\w", line)]


def test_exported_modules_are_in_step(tmp_path):
    "nbdev_export of the notebooks gives the committed modules"
    import shutil
    for d in ("nbs", "crysvcd", "settings.ini", "README.md"):
        src = ROOT / d
        shutil.copytree(src, tmp_path / d, ignore=shutil.ignore_patterns("weights", "__pycache__"), symlinks=True) if src.is_dir() else shutil.copy(src, tmp_path / d)
    subprocess.run([sys.executable, "-c", "from nbdev.export import nb_export\nfrom nbdev.doclinks import nbdev_export\nnbdev_export()"], cwd=tmp_path, check=True, capture_output=True)
    for m in MODULES: assert (tmp_path / f"crysvcd/{m}.py").read_text() == (ROOT / f"crysvcd/{m}.py").read_text(), m


def test_import_is_quick():
    code = "import time; t = time.perf_counter(); import crysvcd; print(time.perf_counter() - t)"
    assert float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout) < 2


def test_weights_have_cards_and_fit():
    folders = sorted((ROOT / "crysvcd/weights").iterdir())
    assert {f.name for f in folders} >= {"formula-ionic", "formula-alloy", "structure-flow", "structure-diffusion", "structure-retrieval"}
    assert sum(f.stat().st_size for d in folders for f in d.iterdir()) < 60e6
    for d in folders: assert all((d / f).exists() for f in ("model.safetensors", "config.json", "README.md", "curve.json")), d
