"""Which lines of the package do the notebooks and the tests run?

    python benchmarks/line_coverage.py                # everything: about an hour on two cores
    python benchmarks/line_coverage.py 05 07 tests/test_fuzz.py
    coverage report --skip-covered --sort=cover       # the lines that nothing runs; of everything they are written to results/line_coverage.json

A notebook's exported cells are taken from the module that they became, and the rest of it runs as it stands. So a test that puts
something else in place of a global of its own notebook fails here (rooms 18, 26 and 35 have such), and the rest of that notebook counts as not run."""
import json, os, re, subprocess, sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
SKIPPED = re.compile(r"(?m)^#\|\s*(eval:\s*false|notest|slow)")


def cells(path: Path) -> list:
    "The code of a notebook; its module in place of the exported cells"
    code = ["".join(c["source"]) for c in json.loads(path.read_text())["cells"] if c["cell_type"] == "code"]
    module = next((m[1] for c in code if (m := re.search(r"#\|\s*default_exp (\w+)", c))), None)
    first = [f"import crysvcd.{module} as _room; globals().update({{k: v for k, v in vars(_room).items() if not k.startswith('__')}})"] if module else []
    return first + [c for c in code if not re.search(r"(?m)^#\|\s*(export|default_exp)", c) and not SKIPPED.search(c)]


def run_notebook(path: Path):
    "In this process, with the folder of notebooks as working directory"
    from execnb.shell import CaptureShell
    os.chdir(path.parent); shell = CaptureShell(path=path.parent)
    for source in cells(path):
        shell.run(source)
        if shell.exc: raise shell.exc


def spans(lines: list) -> str: # "3, 7-9"
    starts = [x for x in lines if x - 1 not in lines]; ends = [x for x in lines if x + 1 not in lines]
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in zip(starts, ends))


def main(what: list):
    names = what or [*(p.stem for p in sorted((ROOT / "nbs").glob("[0-9]*.ipynb"))), "tests"]
    cover = [sys.executable, "-m", "coverage"]; rc = f"--rcfile={ROOT}/.coveragerc"; failed = []; env = os.environ | {"COVERAGE_FILE": str(ROOT / ".coverage")}
    subprocess.run([*cover, "erase", rc], cwd=ROOT, env=env)
    for n in names:
        job = ["-m", "pytest", "-q", n] if n.startswith("tests") else [__file__, "--notebook", str(next((ROOT / "nbs").glob(f"{n}*.ipynb")))]
        if subprocess.run([*cover, "run", rc, *job], cwd=ROOT, env=env).returncode: failed.append(n)
    for step in (["combine", "-q"], ["report", "--skip-covered", "--sort=cover"]): subprocess.run([*cover, *step[:1], rc, *step[1:]], cwd=ROOT, env=env)
    report = ROOT / "coverage.json"; subprocess.run([*cover, "json", rc, "-q", "-o", str(report)], cwd=ROOT, env=env); d = json.loads(report.read_text()); report.unlink(); t = d["totals"]
    out = {"revision": subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout.strip(), "lines": t["num_statements"], "run by no notebook and no test": t["missing_lines"], "share run": round(t["percent_covered"] / 100, 4), "missing": {k: spans(v["missing_lines"]) for k, v in sorted(d["files"].items()) if v["missing_lines"]}}
    if not what: (ROOT / "benchmarks/results/line_coverage.json").write_text(json.dumps(out, indent=1) + "\n")
    if failed: print("failed:", *failed)
    return len(failed)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--notebook"]: run_notebook(Path(sys.argv[2]).resolve())
    else: sys.exit(main(sys.argv[1:]))
