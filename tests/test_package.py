"What is built is whole, and works where nothing else is: another folder, no network, a home that cannot be written"
import importlib.util, json, os, re, shutil, subprocess, sys, tarfile, tomllib, zipfile
from configparser import ConfigParser
from pathlib import Path
import pytest, yaml

ROOT = Path(__file__).parent.parent
FILES = ("crysvcd", "setup.py", "settings.ini", "MANIFEST.in", "README.md", "LICENSE", "CITATION.cff", "CHANGELOG.md", "CONTRIBUTING.md", "constraints.txt")
settings = ConfigParser(delimiters=["="]); settings.read(ROOT / "settings.ini"); settings = settings["DEFAULT"]
MOST = 30e6 # bytes of a wheel
OFFLINE = """import socket
def refuse(*args, **kwargs): raise OSError("no network in this test")
socket.socket.connect = socket.socket.connect_ex = refuse
"""


def pip(*args, **kw): return subprocess.run([sys.executable, "-m", "pip", "--disable-pip-version-check", *map(str, args)], capture_output=True, text=True, **kw)


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    "The repository's files, and no trace of an earlier build"
    if not (importlib.util.find_spec("setuptools") and importlib.util.find_spec("pip")): pytest.skip("no setuptools here: nothing can be built offline")
    folder = tmp_path_factory.mktemp("source")
    for name in FILES: (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def wheel(source):
    run = pip("wheel", "--no-deps", "--no-build-isolation", "--no-index", "-q", source, "-w", source / "dist")
    assert run.returncode == 0, run.stderr[-2000:]
    return next((source / "dist").glob("*.whl"))


@pytest.fixture(scope="module")
def outside(wheel, tmp_path_factory):
    "(run, folder): Python where crysvcd lies in a folder of its own, somewhere else, offline, with a home that cannot be written"
    site, cwd = tmp_path_factory.mktemp("site"), tmp_path_factory.mktemp("elsewhere")
    done = pip("install", "--no-deps", "--no-index", "-q", "--target", site, wheel); assert done.returncode == 0, done.stderr[-2000:]
    (site / "sitecustomize.py").write_text(OFFLINE)
    env = {k: v for k, v in os.environ.items() if not k.startswith(("CRYSVCD", "XDG", "PYTHONPATH"))} | {"PYTHONPATH": str(site), "HOME": os.devnull, "MPLBACKEND": "agg"}
    return lambda *args: subprocess.run([sys.executable, *map(str, args)], cwd=cwd, env=env, capture_output=True, text=True, timeout=300), site, cwd


def test_wheel_carries_everything(wheel):
    names = set(zipfile.ZipFile(wheel).namelist()); info = f"crysvcd-{settings['version']}.dist-info"
    kept = [p for p in (ROOT / "crysvcd").rglob("*") if p.is_file() and "__pycache__" not in p.parts and p.suffix != ".pyc"]
    assert {p.relative_to(ROOT).as_posix() for p in kept} <= names and "crysvcd/py.typed" in names
    assert any(n.startswith(info) and n.endswith("LICENSE") for n in names) and "crysvcd=crysvcd.cli:main" in zipfile.ZipFile(wheel).read(f"{info}/entry_points.txt").decode().replace(" ", "")
    assert not [n for n in names if not n.startswith(("crysvcd/", info))] and wheel.stat().st_size < MOST


def test_what_is_not_ours_has_its_licence(wheel):
    tables = (ROOT / "crysvcd/tables/README.md").read_text()
    for f in (ROOT / "crysvcd/tables").iterdir(): assert f.name == "README.md" or re.search(rf"`{f.name}`.*CC BY 4.0", tables), f
    big = [f for f in (ROOT / "crysvcd/assets").iterdir() if f.suffix in (".js", ".css") and (f.stat().st_size > 50_000 or ".min." in f.name.lower() or "3dmol" in f.name.lower())]
    assert not big or any("LICENSE" in n and n.startswith("crysvcd/assets/") for n in zipfile.ZipFile(wheel).namelist()), big


def test_metadata_says_what_settings_say(wheel):
    meta = zipfile.ZipFile(wheel).read(f"crysvcd-{settings['version']}.dist-info/METADATA").decode()
    extras = {k.removesuffix("_requirements") for k in settings if k.endswith("_requirements")}
    assert f"Version: {settings['version']}\n" in meta and "Requires-Python: >=3.11" in meta and set(re.findall(r"Provides-Extra: (.*)", meta)) == extras
    assert len(re.findall(r"^Requires-Dist: (?!.*extra ==)", meta, re.M)) == len(settings["requirements"].split())


def test_sdist_builds_the_same_wheel(source, wheel, tmp_path):
    if not importlib.util.find_spec("build"): pytest.skip("the package `build` is not here")
    done = subprocess.run([sys.executable, "-m", "build", "--sdist", "--no-isolation", "-o", tmp_path, source], capture_output=True, text=True); assert done.returncode == 0, done.stderr[-2000:]
    with tarfile.open(next(tmp_path.glob("*.tar.gz"))) as t: t.extractall(tmp_path, filter="data")
    run = pip("wheel", "--no-deps", "--no-build-isolation", "--no-index", "-q", next(p for p in tmp_path.iterdir() if p.is_dir()), "-w", tmp_path / "dist"); assert run.returncode == 0, run.stderr[-2000:]
    a, b = zipfile.ZipFile(wheel), zipfile.ZipFile(next((tmp_path / "dist").glob("*.whl")))
    assert {n for n in a.namelist() if n.startswith("crysvcd/")} == {n for n in b.namelist() if n.startswith("crysvcd/")}


def test_works_elsewhere_offline_with_a_home_that_cannot_be_written(outside):
    run, site, cwd = outside
    where = run("-c", "import crysvcd; print(crysvcd.__file__)"); assert where.stdout.strip().startswith(str(site)), where.stderr
    label = run("-m", "crysvcd", "label", "Fe3O4"); assert label.returncode == 0 and "Fe²⁺ 1×2 + Fe³⁺ 2×3 + O²⁻ 4×(−2) = 0" in label.stdout, label.stderr
    made = run("-m", "crysvcd", "generate", "2", "--out", "two"); assert made.returncode == 0, made.stderr
    assert len(list((cwd / "two/cifs").glob("*.cif"))) == 2 and json.loads((cwd / "two/manifest.json").read_text())["status"] == "complete"
    script = run(site / "bin/crysvcd", "label", "NaCl"); assert script.returncode == 0, script.stderr


def test_import_is_quick(outside):
    "Seconds of `import crysvcd` and of the first thing that people do"
    run, *_ = outside
    code = "import time; t = time.perf_counter(); import crysvcd; a = time.perf_counter() - t; crysvcd.label('Fe3O4'); print(a, time.perf_counter() - t)"
    first, then = min((tuple(map(float, run("-c", code).stdout.split())) for _ in range(2)))
    assert first < 1 and then < 30


def test_types_are_there_for_users(outside):
    "A script that uses the doors passes mypy, which finds what is wrong in it"
    run, site, cwd = outside
    if not importlib.util.find_spec("mypy"): pytest.skip("mypy is not here")
    (cwd / "user.py").write_text("""from pathlib import Path
from crysvcd import CrysVCD, Explorer, FormulaGenerator, Prompt, Settings, evaluate, label, table
from crysvcd.structure import as_structure, min_distance
from crysvcd.valence import Species

ledger: str = label("Fe3O4").ledger()
crystals = CrysVCD.from_pretrained().generate(2, kind="ionic", seed=1, out=Path("out"))
rows = table(crystals).to_dict()
distance: float = min_distance(as_structure("a.cif"))
formulas = FormulaGenerator(prompt=Prompt(contains="Li-O")).sample(3)
judged = evaluate(crystals, Settings(phonons=True)); states: int = Species("Fe", 2).charge
CrysVCD.from_pretrained().generate("two") # type: ignore[arg-type]
Explorer().nothing() # type: ignore[attr-defined]
mark: str = Explorer().pick("Li")
""")
    large = "torch transformers pymatgen ase chgnet phonopy seekpath scipy numpy matplotlib pandas".split() # what they are inside does not matter here, and takes a minute
    (cwd / "mypy.ini").write_text("[mypy]\nwarn_unused_ignores = True\nfollow_imports = silent\nignore_missing_imports = True\n" + "".join(f"[mypy-{x}.*]\nfollow_imports = skip\n" for x in large))
    done = run("-m", "mypy", "--cache-dir", cwd / "cache", "user.py"); assert done.returncode == 0, done.stdout + done.stderr


# Containers, conda, workflows: what can be seen without docker, conda and GitHub

def workflow(name): return yaml.safe_load((ROOT / f".github/workflows/{name}.yaml").read_text().replace("\non:", "\n'on':"))


def test_workflows_cover_what_is_promised():
    tests, docs, release = workflow("tests"), workflow("docs"), workflow("release")
    matrix = tests["jobs"]["test"]["strategy"]["matrix"]
    assert set(matrix["python"]) == {"3.11", "3.12", "3.13"} and {x.split("-")[0] for x in matrix["os"]} == {"ubuntu", "macos"}
    assert any("quarto" in s.get("uses", "") for s in docs["jobs"]["docs"]["steps"]) and any("nbdev_docs" in s.get("run", "") for s in docs["jobs"]["docs"]["steps"])
    assert release["on"]["push"]["tags"] == ["v*"] and release["jobs"]["publish"]["permissions"]["id-token"] == "write" and not re.search("password|secrets", (ROOT / ".github/workflows/release.yaml").read_text())
    for w in (tests, docs, release):
        for job in w["jobs"].values(): assert "runs-on" in job and all("uses" in s or "run" in s for s in job["steps"])


def test_environment_is_pips(tmp_path):
    env = yaml.safe_load((ROOT / "environment.yml").read_text())
    pip_part = next(d["pip"] for d in env["dependencies"] if isinstance(d, dict)); conda = [d for d in env["dependencies"] if isinstance(d, str)]
    assert env["name"] == "crysvcd" and "conda-forge" in env["channels"] and any(c.startswith("python=3.11") for c in conda) and "pip" in conda and pip_part == ["-c constraints.txt", "."]


def test_dockerfile_says_what_it_should():
    lines = (ROOT / "Dockerfile").read_text().replace("\\\n", " ").splitlines(); steps = [x.split(" ", 1) for x in lines if re.match("[A-Z]+ ", x)]
    said = {k: [v for a, v in steps if a == k] for k, _ in steps}
    assert said["FROM"][0].startswith("python:3.11-slim") and any("constraints.txt" in r for r in said["RUN"]) and said["USER"][-1] not in ("root", "0")
    assert json.loads(said["ENTRYPOINT"][0]) == ["crysvcd"] and json.loads(said["CMD"][0])[:2] == ["generate", "16"]
    for c in said["COPY"]:
        for name in [x for x in c.split()[:-1] if not x.startswith("--")]: assert (ROOT / name).exists(), name
    assert set((ROOT / ".dockerignore").read_text().split()) >= {".git", "benchmarks", "tests"}
