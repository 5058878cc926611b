"The report in a browser: what its script does, and that it needs no network"
import re, shutil, subprocess
import numpy as np, pandas as pd, pytest
from crysvcd.data import textbook_crystals
from crysvcd.report import page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
WATCH = """<script>
const said = [], say = (k, v) => said.push(k + "=" + v), ids = () => [...document.querySelectorAll("#all tbody tr:not([hidden])")].map(r => r.cells[0].textContent).join(" ");
const head = name => [...document.querySelectorAll("#all th")].find(h => h.textContent.startsWith(name)), press = (c, key) => c.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true}));
addEventListener("load", () => setTimeout(() => {
  head("Above hull").querySelector("button").click(); say("up", ids()); head("Above hull").querySelector("button").click(); say("down", ids()); say("aria", head("Above hull").getAttribute("aria-sort"));
  words.value = "nacl"; words.dispatchEvent(new Event("input")); say("search", ids()); words.value = ""; which.value = "metastable"; which.dispatchEvent(new Event("input")); say("metastable", ids()); say("count", shown.textContent);
  const c = document.querySelector("canvas"), look = () => c.toDataURL(), first = look(); say("drawn", new Set(c.getContext("2d").getImageData(0, 0, c.width, c.height).data).size > 50);
  press(c, "ArrowLeft"); say("turned", look() !== first); press(c, "0"); say("back", look() === first); press(c, "+"); say("zoomed", look() !== first); press(c, "0");
  const at = (type, x) => c.dispatchEvent(new PointerEvent(type, {pointerId: 1, clientX: x, clientY: 50})); c.setPointerCapture = () => {}; at("pointerdown", 50); at("pointermove", 90); at("pointerup", 90); say("dragged", look() !== first); press(c, "0");
  const paper = () => getComputedStyle(document.body).backgroundColor, light = paper(); theme.click(); say("theme", paper() !== light); say("loads", performance.getEntriesByType("resource").length);
  document.body.dataset.said = said.join("; ");
}, 50));
</script></body>"""


@pytest.mark.skipif(not CHROMIUM, reason="no Chromium to look at the report with")
def test_the_page_in_a_browser(tmp_path):
    books = textbook_crystals(); some = [list(books.id).index(k) for k in ("Cu", "NaCl", "Si", "MgO")]
    table = pd.DataFrame({"id": books.id[some], "formula": books.formula[some], "e_above_hull": [0.3, 0.02, np.nan, -0.1], "status": "converged"})
    text = page(table, {books.id[i]: books[i] for i in some})
    (tmp_path/"report.html").write_text(re.sub("<meta http-equiv=[^>]*>", "", text).replace("</body>", WATCH)) # the policy would not let the watcher in
    dom = subprocess.run([CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path/'profile'}", "--virtual-time-budget=3000", "--dump-dom", (tmp_path/"report.html").as_uri()], capture_output=True, text=True, timeout=120).stdout
    said = dict(x.split("=", 1) for x in re.search(r'data-said="([^"]*)"', dom)[1].split("; "))
    assert said["up"] == "MgO NaCl Cu Si" and said["down"] == "Cu NaCl MgO Si" and said["aria"] == "descending" # unknown comes last, both ways
    assert said["search"] == "NaCl" and said["metastable"] == "NaCl MgO" and said["count"] == "2 of 4 shown"
    assert all(said[k] == "true" for k in ("drawn", "turned", "back", "zoomed", "dragged", "theme")) and said["loads"] == "0"


def test_the_script_matches_its_hash():
    import base64, hashlib
    text = page(pd.DataFrame({"id": ["a"]})); script = re.findall(r"<script>(.*?)</script>", text, re.S)[0]
    assert f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" in text


def test_the_assets_are_packed():
    from pathlib import Path
    root = Path(__file__).parent.parent
    assert '"assets/*"' in (root/"setup.py").read_text() and "crysvcd/assets" in (root/"MANIFEST.in").read_text()
