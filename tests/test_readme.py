"README.md is nbs/index.ipynb, CONTRIBUTING.md nbs/contributing.ipynb; `python tests/test_readme.py` writes them"
import json
from pathlib import Path

ROOT = Path(__file__).parent.parent


def render(page: str = "index") -> str:
    cells = json.loads((ROOT / f"nbs/{page}.ipynb").read_text())["cells"]
    parts = ["".join(c["source"]) if c["cell_type"] == "markdown" else "```python\n" + "".join(c["source"]) + "\n```" for c in cells]
    return "\n\n".join(parts).replace("](images/", "](nbs/images/").replace(".ipynb)", ".ipynb)").replace("](./", "](nbs/") + "\n"


def test_readme_is_the_index():
    assert (ROOT / "README.md").read_text() == render()
    assert (ROOT / "CONTRIBUTING.md").read_text() == render("contributing")


def test_two_commands():
    import re
    assert len(re.findall(r"```sh\n", render())) == 2


def test_links_resolve():
    import re
    for link in re.findall(r"\]\(((?!http)[^)#]+)", render()): assert (ROOT / link).exists(), link


def test_cards_and_front_page_say_what_was_measured(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    from cards import card, front_page
    assert front_page().replace("](./", "](nbs/") in render(), "run benchmarks/cards.py"
    for f in sorted((ROOT / "crysvcd/weights").iterdir()): assert (f / "README.md").read_text() == card(f), f"{f.name}: run benchmarks/cards.py"


if __name__ == "__main__": (ROOT / "README.md").write_text(render()); (ROOT / "CONTRIBUTING.md").write_text(render("contributing"))
