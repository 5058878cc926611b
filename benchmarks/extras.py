"""Which extras can be installed where? Asks pip, installs nothing:

    python benchmarks/extras.py               # all: ten minutes
    python benchmarks/extras.py explorer dask # these alone; what was found of the others stays

Here the resolver is asked for `.[EXTRA]` under constraints.txt. For another platform the versions found here are looked up one by one (a wheel or a source archive that fits),
since pip resolves whole trees only for its own. Results: benchmarks/results/extras.json
"""
import json, platform, re, subprocess, sys, tempfile
from configparser import ConfigParser
from pathlib import Path

ROOT = Path(__file__).parent.parent
ELSEWHERE = {f"{name}, CPython {v}": ["--python-version", v, "--implementation", "cp", "--abi", f"cp{v.replace('.', '')}", "--abi", "abi3", "--abi", "none", *[x for p in tags for x in ("--platform", p)]]
             for name, tags in {"Linux x86-64": [f"manylinux_2_{n}_x86_64" for n in (17, 24, 26, 27, 28, 34, 35)] + ["manylinux2014_x86_64", "manylinux1_x86_64"], "macOS arm64": [f"macosx_{n}_0_{a}" for n in (11, 12, 13, 14, 15) for a in ("arm64", "universal2")]}.items()
             for v in ("3.11", "3.12", "3.13") if (name, v) != ("Linux x86-64", "3.11")}


def pip(*args) -> tuple:
    "(report or None, why not)"
    with tempfile.TemporaryDirectory() as d:
        run = subprocess.run([sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet", "--disable-pip-version-check", "--report", f"{d}/r.json", *args], cwd=ROOT, capture_output=True, text=True, timeout=900)
        if run.returncode == 0: return json.loads(Path(d, "r.json").read_text()), ""
    lines = re.findall(r"(No matching distribution found for .*|Could not find a version that satisfies .*?(?= \()|Cannot install .*|metadata-generation-failed|Failed to build .*|ERROR: .*)", run.stderr)
    return None, lines[-1].replace("ERROR: ", "") if lines else run.stderr.strip()[-200:]


def elsewhere(versions: list, tags: list) -> dict:
    "Are these versions to be had there? What is missing is named"
    missing = []
    with tempfile.TemporaryDirectory() as d:
        while versions:
            report, why = pip("--no-deps", "--target", d, *tags, *versions)
            if report: break
            lost = next((v for v in versions if v in why or v.split("==")[0] in why), None)
            if lost is None or len(missing) > 5: missing.append(why); break
            missing.append(lost); versions = [v for v in versions if v != lost]
    return {"resolves": not missing} | ({"why": "nothing that fits of " + ", ".join(missing)} if missing else {})


if __name__ == "__main__":
    cfg = ConfigParser(delimiters=["="]); cfg.read(ROOT / "settings.ini")
    known = sorted(k.removesuffix("_requirements") for k in cfg["DEFAULT"] if k.endswith("_requirements")); names = ["", *(sys.argv[1:] or known)] # the package alone comes first, for what is new
    if odd := set(names[1:]) - set(known): sys.exit(f"no extra {', '.join(sorted(odd))}: choose of {', '.join(known)}")
    file = ROOT / "benchmarks/results/extras.json"
    out = {"here": f"{platform.system()} {platform.machine().replace('_', '-')}, CPython {platform.python_version().rsplit('.', 1)[0]}", "pip": subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True, text=True).stdout.split()[1], "extras": json.loads(file.read_text())["extras"] if sys.argv[1:] else {}}
    found, base = {}, set()
    for extra in names:
        report, why = pip("-c", "constraints.txt", f".[{extra}]" if extra else ".")
        versions = sorted(f"{x['metadata']['name']}=={x['metadata']['version'].split('+')[0]}" for x in report["install"] if x["metadata"]["name"] != "crysvcd") if report else []
        base = base or set(versions)
        row = out["extras"][extra or "(none)"] = {"here": {"resolves": bool(report), "packages": len(versions), "new": len(set(versions) - base)} | ({} if report else {"why": why})}
        print(extra, row, flush=True)
        for place, tags in ELSEWHERE.items():
            new = [v for v in versions if (place, v) not in found]
            r = elsewhere(new, tags) if new else {"resolves": True}
            for v in new: found[place, v] = v not in r.get("why", "")
            lost = [v for v in versions if not found[place, v]]
            row[place] = {"resolves": not lost and r["resolves"]} | ({"why": "nothing that fits of " + ", ".join(lost)} if lost else {"why": r["why"]} if not r["resolves"] else {})
            print("  ", place, row[place], flush=True)
    out["extras"] = dict(sorted(out["extras"].items()))
    file.write_text(json.dumps(out, indent=1) + "\n")
