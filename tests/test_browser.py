"Pages as a browser shows them: the report from a disk, pages of the documentation, the explorer live in Voilà and in JupyterLab"
import os, re, shutil, socket, subprocess, sys, time, urllib.error, urllib.request
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
import pytest

ROOT = Path(__file__).parent.parent
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ["--headless=new", "--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
pytestmark = [pytest.mark.skipif(not CHROMIUM, reason="no Chromium (apt-get install chromium)"), pytest.mark.skipif(not find_spec("playwright"), reason="no Playwright (pip install playwright)"), pytest.mark.timeout(600)]
SHOTS = Path(os.environ["CRYSVCD_SHOTS"]) if os.environ.get("CRYSVCD_SHOTS") else None # where pictures go to be looked at
ELSEWHERE = ("cdn.jsdelivr.net", "cdnjs.cloudflare.com") # nbconvert and Voilà ask these for MathJax, require.js and icons; the pages must do without
COLOURS = """c => { const d = c.getContext("2d").getImageData(0, 0, c.width, c.height).data, seen = new Set(); for (let i = 0; i < d.length; i += 4) if (d[i + 3]) seen.add(d[i] << 16 | d[i + 1] << 8 | d[i + 2]); return seen.size; }"""


@pytest.fixture(scope="module")
def chromium():
    from playwright.sync_api import sync_playwright
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(params=["light", "dark"])
def scheme(request): return request.param


def opened(chromium, scheme="light", offline=True, **size):
    "A page, and what it complains of"
    context = chromium.new_context(color_scheme=scheme, offline=offline, viewport={"width": 1280, "height": 1150} | size, reduced_motion="reduce"); page, said = context.new_page(), []
    page.on("console", lambda m: said.append(m.text + " " + m.location["url"]) if m.type == "error" else None); page.on("pageerror", lambda e: said.append(str(e)))
    page.said = lambda: [s for s in said if not any(x in s for x in ELSEWHERE)]
    return page


def shot(page, name, **kw):
    if SHOTS: SHOTS.mkdir(parents=True, exist_ok=True); page.screenshot(path=SHOTS / f"{name}.png", **kw)


def test_the_report_from_a_disk(chromium, scheme, tmp_path):
    "Without a network: no complaint, nothing loaded, 3-D views drawn, and other colours in the dark"
    shutil.copy(ROOT / "nbs/judged_crystals.html", tmp_path / "report.html"); page = opened(chromium, scheme); page.goto((tmp_path / "report.html").as_uri()); page.wait_for_timeout(500)
    drawn = page.eval_on_selector_all("canvas[data-crystal]", f"cs => cs.map({COLOURS})")
    assert len(drawn) > 5 and min(drawn) > 100 and page.said() == [] and page.evaluate("performance.getEntriesByType('resource').length") == 0
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor"); assert (sum(map(int, re.findall(r"\d+", paper))) < 150) == (scheme == "dark")
    first = page.eval_on_selector("canvas[data-crystal]", "c => c.toDataURL()"); page.locator("canvas[data-crystal]").first.press("ArrowLeft"); assert page.eval_on_selector("canvas[data-crystal]", "c => c.toDataURL()") != first
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shot(page, f"report-{scheme}"); page.context.close()


@pytest.mark.parametrize("name", ["000_tour", "51_explore"])
def test_pages_of_the_documentation(chromium, name, tmp_path):
    "As nbconvert renders them: no complaint, no broken picture, frames with crystals drawn"
    subprocess.run([sys.executable, "-m", "nbconvert", "--to", "html", "--embed-images", str(ROOT / f"nbs/{name}.ipynb"), "--output-dir", str(tmp_path)], check=True, capture_output=True)
    page = opened(chromium); page.goto((tmp_path / f"{name}.html").as_uri()); page.wait_for_timeout(1500)
    assert page.said() == [] and page.eval_on_selector_all("img", "xs => xs.filter(x => !x.naturalWidth).map(x => x.src.slice(0, 80))") == []
    frames = [f for f in page.frames if f.query_selector("canvas[data-crystal]")]
    assert all(f.eval_on_selector("canvas[data-crystal]", COLOURS) > 100 for f in frames) and (len(frames) > 3) == (name == "51_explore")
    for f in [f for f in frames if f.query_selector("#step")]: # the film's slider turns its pages
        last = f.eval_on_selector("canvas", "c => c.toDataURL()"); f.evaluate("const s = document.getElementById('step'); s.value = 0; s.dispatchEvent(new Event('input'))")
        assert f.inner_text("#words") == "step 0 of 100" and f.eval_on_selector("canvas", "c => c.toDataURL()") != last
    shot(page, name, full_page=True); page.context.close()


@contextmanager
def serving(folder, probe, *command):
    "A server on a free port, from when it answers: its address"
    with socket.socket() as s: s.bind(("127.0.0.1", 0)); port = s.getsockname()[1]
    env = {k: v for k, v in os.environ.items() if k != "CRYSVCD_DATA"} # the known crystals take minutes to read
    with open(folder / "server.log", "w") as log: server = subprocess.Popen([sys.executable, "-m", *map(str, command), f"--port={port}", "--no-browser"], stdout=log, stderr=log, env=env | {"PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])})
    for _ in range(400):
        try: urllib.request.urlopen(f"http://127.0.0.1:{port}/{probe}", timeout=1); break
        except urllib.error.HTTPError: break # it answers
        except OSError: time.sleep(0.3); assert server.poll() is None, (folder / "server.log").read_text()
    yield f"http://127.0.0.1:{port}/"
    server.terminate(); server.wait(30)


@pytest.fixture(params=["light", "dark"])
def voila(request, tmp_path):
    "The explorer served by Voilà: (theme, address)"
    pytest.importorskip("voila", reason="no Voilà (pip install 'crysvcd[explorer]')")
    from crysvcd.explore import write_app
    with serving(tmp_path, "voila/static/none", "voila", write_app(tmp_path / "explorer.ipynb"), f"--theme={request.param}") as address: yield request.param, address


@pytest.fixture(scope="module")
def campaign(tmp_path_factory):
    "A campaign's folder with two rounds"
    import pandas as pd
    folder = tmp_path_factory.mktemp("campaign"); (folder / "campaign.json").write_text("{}"); g = pd.DataFrame({"id": list("abcdef"), "valid": True, "unique": True, "novel": [True] * 4 + [False] * 2, "e_above_hull": [0.3, 0.08, 0.02, -0.01, 0.15, 0.0]})
    for r in (0, 1): leg = folder / f"round-{r}" / "base"; leg.mkdir(parents=True); g.assign(e_above_hull=g.e_above_hull - 0.05 * r).to_csv(leg / "results.csv", index=False)
    pd.DataFrame([{"round": r, "arm": "base", "crystals": 6, "fulfil": 2 + 2 * r, "share": (2 + 2 * r) / 6, "low": 0.1 + 0.2 * r, "high": 0.7 + 0.2 * r, "new": 1 + r} for r in (0, 1)]).to_csv(folder / "rounds.csv", index=False)
    return folder


def test_the_explorer_live(chromium, voila, campaign):
    "Choose elements, see formulas, generate, watch a crystal being drawn, keep it, read a campaign, judge, cancel"
    theme, address = voila; page = opened(chromium, theme, offline=False); button = lambda name: page.get_by_role("button", name=name, exact=True); says = lambda words, wait=120_000: page.get_by_text(words).first.wait_for(timeout=wait)
    page.goto(address, timeout=180_000, wait_until="domcontentloaded"); button("Xe").wait_for(timeout=180_000); assert button("Xe").is_disabled(); says("The most plausible first")
    page.get_by_label("Formulas of").select_option(label="exactly the wanted elements")
    for e in ("Li", "Mn", "O"): button(e).click()
    page.wait_for_function("[...document.querySelectorAll('.cx td')].some(x => x.innerText.replace(/\\s/g, '') === 'LiMn2O4')", timeout=60_000)
    button("Generate").click(); says("4 crystals made"); drawn = page.frame_locator("iframe[title^='Crystal structure']").locator("canvas"); drawn.wait_for()
    page.wait_for_timeout(500); assert drawn.evaluate(COLOURS) > 100 and page.locator("select[size] option, select[multiple] option").count() >= 4
    shot(page, f"explorer-{theme}")
    button("How it is drawn").click(); says("use the slider"); film = page.frame_locator("iframe[title^='The flow draws']"); film.locator("#words").wait_for(); page.wait_for_timeout(300)
    assert film.locator("#words").inner_text() == "step 100 of 100" and film.locator("canvas").evaluate(COLOURS) > 100; shot(page, f"explorer-film-{theme}")
    film.locator("#step").evaluate("s => { s.value = 12; s.dispatchEvent(new Event('input')); }"); page.wait_for_timeout(200); shot(page, f"explorer-film-half-{theme}")
    button("Keep").click(); says("is kept"); page.get_by_role("tab", name="Favourites").click(); assert page.locator("a[download='favourites.zip']").count() == 1; shot(page, f"explorer-favourites-{theme}", clip={"x": 0, "y": 0, "width": 1280, "height": 300})
    page.get_by_role("tab", name="Campaign").click(); page.get_by_placeholder("folder of a campaign").fill(str(campaign)); button("Read").click(); says("Round 1, base"); assert page.locator(".cx figure svg").count() == 2; shot(page, f"explorer-campaign-{theme}")
    page.get_by_role("tab", name="Explore").click()
    if theme == "light": button("Judge").click(); page.get_by_text("Above hull").first.wait_for(timeout=240_000); page.wait_for_timeout(500); shot(page, "explorer-judged")
    page.get_by_label("Number").fill("900"); page.get_by_label("Number").press("Tab"); page.get_by_label("Seed").fill("7"); page.get_by_label("Seed").press("Tab")
    button("Generate").click(); says(re.compile(r"\b[2-9] of 900")); assert button("Cancel").is_enabled(); button("Cancel").click(); says("they stay", 20_000)
    said = page.get_by_text("cancelled after").inner_text(); assert 2 <= int(re.search(r"after (\d+) of 900", said)[1]) < 900
    page.wait_for_timeout(1500); assert page.get_by_text("cancelled after").inner_text() == said and button("Generate").is_enabled() # it is over
    page.set_viewport_size({"width": 420, "height": 1400}); page.wait_for_timeout(300); shot(page, f"explorer-narrow-{theme}")
    assert page.said() == []; page.context.close()


def test_the_explorer_in_jupyterlab(chromium, tmp_path):
    "A notebook is opened and run; a click on an element changes the formulas"
    pytest.importorskip("jupyterlab", reason="no JupyterLab (pip install jupyterlab)"); pytest.importorskip("ipywidgets", reason="no ipywidgets (pip install 'crysvcd[explorer]')")
    from crysvcd.explore import write_app
    write_app(tmp_path / "explorer.ipynb")
    with serving(tmp_path, "api", "jupyterlab", f"--ServerApp.root_dir={tmp_path}", "--IdentityProvider.token=", "--ServerApp.allow_root=True", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate", "--LabApp.news_url=None") as address:
        page = opened(chromium, offline=False); button = lambda name: page.get_by_role("button", name=name, exact=True)
        page.goto(address + "lab/tree/explorer.ipynb", timeout=180_000, wait_until="domcontentloaded"); page.locator(".jp-CodeCell .cm-content").first.click(timeout=180_000)
        page.keyboard.press("Shift+Enter"); button("Xe").wait_for(timeout=180_000); assert button("Xe").is_disabled()
        page.get_by_label("Formulas of").select_option(label="exactly the wanted elements")
        for e in ("Li", "Mn", "O"): button(e).click()
        page.wait_for_function("[...document.querySelectorAll('.cx td')].some(x => x.innerText.replace(/\\s/g, '') === 'LiMn2O4')", timeout=120_000)
        shot(page, "explorer-jupyterlab"); page.context.close()
