"Editors and mypy see what `import crysvcd` offers, and methods that `@patch` adds: in stubs (.pyi) beside the modules; `python tests/test_types.py` writes them"
import ast, re
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "crysvcd"
KEPT = (ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign, ast.FunctionDef, ast.ClassDef)


def patch(f) -> str: return next((d for d in map(ast.unparse, getattr(f, "decorator_list", ())) if d.startswith("patch")), "")


def head(f: ast.FunctionDef) -> ast.FunctionDef:
    "A function without its body; what was patched is a method"
    how = patch(f); f.decorator_list = [d for d in f.decorator_list if not ast.unparse(d).startswith("patch")]
    if how: f.args.args[0].annotation = None
    for word, name in (("as_prop", "property"), ("cls_method", "classmethod")):
        if word in how: f.decorator_list.insert(0, ast.Name(name))
    if f.returns is None and "classmethod" in map(ast.unparse, f.decorator_list): f.returns = ast.Name("Self") # all of them make one of their class
    f.body = [ast.Expr(ast.Constant(...))]
    return f


def attributes(cls: ast.ClassDef, methods: list) -> list:
    "What methods write on `self`, of whatever type"
    said = {n.name for n in [*cls.body, *methods] if isinstance(n, ast.FunctionDef)} | {t.id for n in cls.body for t in (getattr(n, "targets", None) or [getattr(n, "target", None)]) if isinstance(t, ast.Name)}
    found = [a.attr for m in [*cls.body, *methods] if isinstance(m, ast.FunctionDef) for a in ast.walk(m) if isinstance(a, ast.Attribute) and isinstance(a.ctx, ast.Store) and ast.unparse(a.value) == "self"]
    return [ast.AnnAssign(ast.Name(n), ast.Name("Any"), simple=1) for n in dict.fromkeys(found) if n not in said]


def whole(cls: ast.ClassDef, methods: list) -> ast.ClassDef:
    "A class with all its methods"
    more = attributes(cls, methods)
    cls.body = [*more, *(head(n) if isinstance(n, ast.FunctionDef) else whole(n, []) if isinstance(n, ast.ClassDef) else n for n in cls.body if isinstance(n, KEPT)), *map(head, methods)] or [ast.Expr(ast.Constant(...))]
    return cls


def stub(module: Path) -> str:
    "A module's stub; nothing where no method is patched"
    body = ast.parse(module.read_text()).body; methods = {f: ast.unparse(f.args.args[0].annotation) for f in body if patch(f)}
    if not methods: return ""
    kept = [whole(n, [f for f in methods if methods[f] == n.name]) if isinstance(n, ast.ClassDef) else head(n) if isinstance(n, ast.FunctionDef) else n for n in body if isinstance(n, KEPT) and n not in methods]
    return "from typing import Any, Self\n" + "\n".join(map(ast.unparse, map(ast.fix_missing_locations, kept))) + "\n"


def doors() -> str:
    "The package's stub"
    found = next(n.value for n in ast.parse((PACKAGE / "__init__.py").read_text()).body if isinstance(n, ast.Assign) and n.targets[0].id == "_DOORS")
    return "__version__: str\n" + "".join(f"from crysvcd.{m} import {k} as {k}\n" for k, m in ast.literal_eval(found).items())


def stubs() -> dict: return {"__init__": doors()} | {p.stem: s for p in sorted(PACKAGE.glob("[a-z]*.py")) if (s := stub(p))}


def test_stubs_are_in_step(): assert {p.stem: p.read_text() for p in PACKAGE.glob("*.pyi")} == stubs(), "run python tests/test_types.py"


def test_every_patched_method_is_there():
    for p in PACKAGE.glob("[a-z]*.py"):
        for name in re.findall(r"^@patch[^\n]*\n(?:@[^\n]*\n)*def (\w+)\(", p.read_text(), re.M): assert re.search(rf"^    def {name}\((self|cls)\b", p.with_suffix(".pyi").read_text(), re.M), name


if __name__ == "__main__":
    for p in PACKAGE.glob("*.pyi"): p.unlink()
    for name, text in stubs().items(): (PACKAGE / f"{name}.pyi").write_text(text)
