"The documentation holds together, seen without quarto; `python tests/test_docs.py` writes nbs/sidebar.yml and nbs/llms.txt"
import ast, io, json, os, re, shutil, subprocess, sys, tokenize
from configparser import ConfigParser
from functools import lru_cache
from pathlib import Path
import pytest, yaml

ROOT = Path(__file__).parent.parent
NBS = ROOT / "nbs"
PAGES = [NBS / "index.ipynb", *sorted(p for p in NBS.glob("*") if re.match(r"\d+_.*\.(ipynb|md)$", p.name)), *sorted(p for p in NBS.glob("[a-z]*.ipynb") if p.stem != "index")]
SECTIONS = {"Start": 0, "Formulas": 0, "Structures": 10, "Judges": 22, "Asking for properties": 32, "First principles": 40, "Shell and screen": 50, "Guide": 60, "Recipes": 70} # each from its first number on
MODULES = sorted(p for p in (ROOT / "crysvcd").glob("*.py") if not p.stem.startswith("_"))
settings = ConfigParser(delimiters=["="]); settings.read(ROOT / "settings.ini"); settings = settings["DEFAULT"]


@lru_cache(None)
def cells(path): return json.loads(path.read_text())["cells"]


def markdown(path: Path) -> str:
    "What is prose in a page"
    return path.read_text() if path.suffix == ".md" else "\n\n".join("".join(c["source"]) for c in cells(path) if c["cell_type"] == "markdown")


def titled(path: Path) -> tuple:
    "A page's title and subtitle"
    text = markdown(path)
    if text.startswith("---"): head = yaml.safe_load(text.split("---")[1]); return head["title"], head["description"]
    return re.search(r"^# (.*)$", text, re.M)[1], re.search(r"^> (.*)$", text, re.M)[1]


def sections() -> dict:
    "Pages by section, in the order in which data flows; three digits come before the rooms"
    out = {name: [] for name in SECTIONS}
    for p in PAGES:
        digits = re.match(r"\d*", p.name)[0]
        first = "Start" if p.stem == "index" or len(digits) > 2 else "Guide" if not digits else [s for s, n in SECTIONS.items() if int(digits) >= n][-1]
        out[first].append(p)
    return {s: pages for s, pages in out.items() if pages}


def sidebar() -> str:
    "nbs/sidebar.yml"
    contents = [{"section": s, "contents": [p.name if p.stem == "index" else {"href": p.name, "text": titled(p)[0]} for p in pages]} for s, pages in sections().items()]
    return yaml.safe_dump({"website": {"sidebar": {"contents": contents}}}, sort_keys=False, allow_unicode=True)


def doors() -> list:
    "(name, module, first sentence) of what `import crysvcd` offers"
    def first(module, name): # of its docstring
        found = [n for n in ast.parse((ROOT / f"crysvcd/{module}.py").read_text()).body if getattr(n, "name", "") == name]
        return re.split(r"(?<=[\w)])\. (?=[A-Z`])", (ast.get_docstring(found[0]) if found else "") or "a table of settings")[0].split("\n")[0]
    found = next(n.value for n in ast.parse((ROOT / "crysvcd/__init__.py").read_text()).body if isinstance(n, ast.Assign) and n.targets[0].id == "_DOORS")
    return [(k, m, first(m, k)) for k, m in ast.literal_eval(found).items()]


def llms() -> str:
    "nbs/llms.txt: what a language model should read (llmstxt.org)"
    host = settings["doc_host"] + settings["doc_baseurl"]
    parts = [f"# {settings['title']}\n\n> {settings['description']}\n\n" + markdown(NBS / "index.ipynb").split("\n\n")[3].replace("\n", " ").replace("**", "")]
    parts += [f"## {s}\n\n" + "\n".join(f"- [{titled(p)[0]}]({host}/{p.stem}.html): {titled(p)[1]}" for p in pages) for s, pages in sections().items()]
    parts += ["## What `import crysvcd` offers\n\n" + "\n".join(f"- `{k}` (`crysvcd.{m}`): {text}" for k, m, text in doors())]
    return "\n\n".join(parts) + "\n"


def test_sidebar_and_llms_list_every_page():
    assert (NBS / "sidebar.yml").read_text() == sidebar() and (NBS / "llms.txt").read_text() == llms(), "run python tests/test_docs.py"
    for p in NBS.glob("[0-9]*.ipynb"): assert p.name in sidebar() and f"/{p.stem}.html)" in llms()


def test_quarto_is_told_what_is_there():
    q = yaml.safe_load((ROOT / "_quarto.yml").read_text())
    assert (NBS / "_quarto.yml").read_text() == (ROOT / "_quarto.yml").read_text() and settings["custom_sidebar"] == settings["recursive"] == "True"
    assert (NBS / q["format"]["html"]["css"]).exists() and (NBS / q["website"]["image"]).exists()
    assert set(q["metadata-files"]) == {"nbdev.yml", "sidebar.yml"} and all((NBS / r).exists() for r in q["project"]["resources"])
    assert all("://" in x["href"] or (NBS / x["href"]).exists() for side in ("left", "right") for x in q["website"]["navbar"][side])
    assert {p.name for p in NBS.glob("*.html")} | {"llms.txt"} <= set(q["project"]["resources"])


# Links

def slugs(path: Path) -> set:
    "Anchors of a page's headings, as pandoc and as GitHub write them"
    heads = [re.sub(r"[*`]|\[(.*?)\]\(.*?\)", r"\1", h).strip().lower() for h in re.findall(r"^#{1,6} (.*)$", re.sub(r"```.*?```", "", markdown(path), flags=re.S), re.M)]
    return {re.sub(r"\s", "-", re.sub(r"[^\w\s.-]", "", h)).lstrip("0123456789.-_") for h in heads} | {re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", h)) for h in heads}


def links(path: Path) -> list:
    "What a page's prose points to within the repository"
    text = re.sub(r"```.*?```|`[^`\n]*`", "", markdown(path), flags=re.S)
    found = re.findall(r"\]\(<?([^)>\s]+)>?(?:\s+\"[^\"]*\")?\)", text) + re.findall(r"(?:src|href)=[\"']([^\"']+)", text)
    return [x for x in found if not re.match(r"[a-z]+:|attachment", x)]


def broken(path: Path) -> list:
    "Links of a page that lead nowhere"
    out = []
    for link in links(path):
        name, _, anchor = link.partition("#"); target = path.parent / name if name else path
        if not target.exists() or anchor and target.suffix in (".ipynb", ".md") and anchor not in slugs(target): out.append(link)
    return out


@pytest.mark.parametrize("path", [*PAGES, *sorted(ROOT.glob("*.md"))], ids=lambda p: p.name)
def test_links_and_images_resolve(path): assert not broken(path)


def test_broken_links_are_found(tmp_path):
    (tmp_path / "a.md").write_text("# A title\n[there](a.md#a-title) [gone](b.md) [no](#such) ![pic](x.png) `[code](c.md)` [web](https://a.b/c)\n<img src='y.png'>\n")
    assert broken(tmp_path / "a.md") == ["b.md", "#such", "x.png", "y.png"]


@pytest.mark.parametrize("path", [p for p in PAGES if p.suffix == ".ipynb"], ids=lambda p: p.stem)
def test_rooms_named_in_prose_exist(path):
    rooms = {re.sub(r"^\d+_", "", p.stem).replace("_", " ") for p in PAGES}
    named = re.findall(r"(?:\broom|\brooms|\bnotebook) \*([\w ]+)\*|\*([\w ]+)\* (?:room|rooms|notebook)\b", markdown(path))
    assert {(a or b).replace("_", " ") for a, b in named} <= rooms


# What nbdev makes of the notebooks

@pytest.mark.parametrize("path", [p for p in PAGES if p.suffix == ".ipynb" and p.stem != "index"], ids=lambda p: p.stem)
def test_notebooks_were_run(path):
    code = [c for c in cells(path) if c["cell_type"] == "code"]; outputs = [o for c in code for o in c["outputs"]]
    assert outputs and not any(o["output_type"] == "error" for o in outputs)


def imports(tree) -> bool: return any(isinstance(n, (ast.Import, ast.ImportFrom)) for n in ast.walk(tree))


def harmless(node) -> bool:
    "An import, or a line that an import cell may hold"
    return isinstance(node, (ast.Import, ast.ImportFrom)) or ast.unparse(node).startswith(("warnings.filterwarnings(", "patch_dict = "))


@pytest.mark.parametrize("path", [p for p in PAGES if re.sub(r"^\d+_", "", p.stem) in {m.stem for m in MODULES}], ids=lambda p: p.stem)
def test_imports_stand_alone(path):
    "nbdev runs every cell with an import, and no other but exported ones, to write the pages: such a cell must not need what it has not run"
    for c in cells(path):
        source = "".join(c["source"])
        if c["cell_type"] != "code" or re.search(r"^#\| (export|eval: false)", source, re.M): continue
        tree = ast.parse("\n".join(x for x in source.split("\n") if not x.startswith(("%", "!"))))
        if imports(tree): assert all(map(harmless, tree.body)), source[:300]


def test_pages_are_processed(tmp_path):
    "nbdev_proc_nbs, as nbdev_docs calls it before quarto: every page comes out, with its API"
    for d in ("nbs", "crysvcd", "settings.ini", "README.md"):
        src = ROOT / d; shutil.copytree(src, tmp_path / d, symlinks=True) if src.is_dir() else shutil.copy(src, tmp_path / d)
    shutil.copy(ROOT / "_quarto.yml", tmp_path); (tmp_path / "benchmarks").symlink_to(ROOT / "benchmarks"); stub = tmp_path / "bin/quarto"; stub.parent.mkdir(); stub.write_text("#!/bin/sh\n"); stub.chmod(0o755)
    run = subprocess.run([sys.executable, "-c", "from nbdev.quarto import nbdev_proc_nbs; nbdev_proc_nbs(n_workers=1)"], cwd=tmp_path, capture_output=True, text=True,
                         env=os.environ | {"PATH": f"{stub.parent}:{os.environ['PATH']}", "PYTHONPATH": str(tmp_path), "CUDA_VISIBLE_DEVICES": ""})
    assert run.returncode == 0, run.stderr[-2000:]
    for p in [*PAGES, *NBS.glob("images/*"), NBS / "llms.txt", NBS / "sidebar.yml"]: assert (tmp_path / "_proc" / p.relative_to(NBS)).exists(), p
    for m in MODULES:
        page = next(p for p in PAGES if re.sub(r"^\d+_", "", p.stem) == m.stem); out = json.dumps(cells(tmp_path / "_proc" / page.name))
        shown = [n.name for n in ast.parse(m.read_text()).body if isinstance(n, (ast.FunctionDef, ast.ClassDef)) and not n.name.startswith("_") and not n.decorator_list]
        assert all(f"{name}" in out for name in shown) and "### " in out, m.stem


def test_contributing_runs(tmp_path):
    "The blocks of CONTRIBUTING.md, one after the other"
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "CONTRIBUTING.md").read_text(), re.S); assert len(blocks) == 5
    (tmp_path / "all.py").write_text("\n".join(blocks) + "\nassert 'packing' in LABELS and len(asked) == 4\n")
    run = subprocess.run([sys.executable, "all.py"], cwd=tmp_path, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(ROOT)})
    assert run.returncode == 0, run.stderr[-2000:]


# What the code says of itself

def public(module: Path):
    "Yields (name, node, class) of public functions, classes and methods, and the file's comments by line"
    text = module.read_text(); tree = ast.parse(text)
    comments = {t.start[0] for t in tokenize.generate_tokens(io.StringIO(text).readline) if t.type == tokenize.COMMENT}
    exported = set(ast.literal_eval(next(n.value for n in tree.body if isinstance(n, ast.Assign) and n.targets[0].id == "__all__")))
    for n in tree.body:
        patched = isinstance(n, ast.FunctionDef) and any(ast.unparse(d).startswith("patch") for d in n.decorator_list)
        if not isinstance(n, (ast.FunctionDef, ast.ClassDef)) or n.name.startswith("_") or not (n.name in exported or patched): continue
        yield n.name, n, None, comments
        for m in n.body if isinstance(n, ast.ClassDef) else ():
            if isinstance(m, ast.FunctionDef) and (m.name == "__init__" or not m.name.startswith("_")): yield f"{n.name}.{m.name}", m, n, comments


def raises(f) -> bool: return any(isinstance(n, ast.Raise) and isinstance(n.exc, ast.Call) and getattr(n.exc.func, "id", "") in ("CrysVCDError", "ValenceError") for n in ast.walk(f))


def signed(f, comments) -> bool:
    "Does the signature say what comes back?"
    return f.returns is not None or any(x in comments for x in range(max([f.lineno, *(a.lineno for a in f.args.args)]), f.body[0].lineno + 1))


def faults(module: Path) -> list:
    "What a reader of the API would miss"
    out = []
    for name, f, cls, comments in public(module):
        doc = ast.get_docstring(f) or ""; refers = bool(re.search(r"[Ss]ee `|As `|Arguments as", doc))
        if isinstance(f, ast.ClassDef): out += [] if doc else [f"{name}: no docstring"]; continue
        if not doc and (cls is None or f.name != "__init__" and not signed(f, comments) and len(f.body) > 1): out.append(f"{name}: no docstring")
        every = [a for a in [*f.args.posonlyargs, *f.args.args, *f.args.kwonlyargs] if a.arg not in ("self", "cls")]
        if not refers: out += [f"{name}: {a.arg} has neither type nor comment" for a in every if a.annotation is None and a.lineno not in comments]
        told = doc + ((ast.get_docstring(cls) or "") if cls and f.name == "__init__" else "")
        if raises(f) and "aises" not in told and module.stem != "cli": out.append(f"{name}: does not say that it raises CrysVCDError") # the shell's commands end with status 2
    return out


@pytest.mark.parametrize("module", MODULES, ids=lambda p: p.stem)
def test_public_names_explain_themselves(module): assert not faults(module)


def test_faults_are_found(tmp_path):
    (tmp_path / "m.py").write_text('__all__ = ["f", "g", "A"]\ndef f(x): pass\ndef g(\n    y, # eV\n):\n    "Does"\n    raise CrysVCDError("no")\nclass A: pass\n')
    assert len(faults(tmp_path / "m.py")) == 4


# The files beside the code

def test_citation_and_changelog_know_the_version():
    c = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert {"cff-version", "message", "title", "authors", "version", "date-released", "license"} <= set(c) and all("name" in a or "family-names" in a for a in c["authors"])
    assert c["version"] == settings["version"] == re.search(r'__version__ = "(.*?)"', (ROOT / "crysvcd/__init__.py").read_text())[1]
    assert f"## {settings['version']}\n" in (ROOT / "CHANGELOG.md").read_text() and c["license"].lower() == settings["license"]


if __name__ == "__main__": (NBS / "sidebar.yml").write_text(sidebar()); (NBS / "llms.txt").write_text(llms())
