"""A campaign killed at ten random moments ends with the tables and the store of an undisturbed one, and computes nothing twice but the crystal in hand."""
import importlib.util, math, multiprocessing, random, time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from ase.calculators.emt import EMT
from pymatgen.core import Lattice, Structure

from crysvcd import campaign as room, evaluation
from crysvcd.campaign import LABELS, Campaign, CampaignConfig, fulfils
from crysvcd.data import textbook_crystals
from crysvcd.generate import Crystal, OutputFolder
from crysvcd.hull import Hull
from crysvcd.novelty import Reference
from crysvcd.potential import register_potential
from crysvcd.structure import crystal_seeds
from crysvcd.valence import label

METALS = {"Al": 4.05, "Ni": 3.52, "Cu": 3.61, "Pd": 3.89, "Ag": 4.09, "Pt": 3.92, "Au": 4.08}
WISH = {"density": ">= 14"}
CONFIG = dict(wish=WISH, labels=["density"], crystals=6, rounds=2, arms=["conditional", "base"], kind="alloy", judge={"pot": "emt", "relax": False})


def noted(log, words):
    with open(log, "a") as f: f.write(words + "\n")


class Metals:
    "Pairs of metals on an fcc lattice, each metal with its probability"
    def __init__(self, p, log): self.p, self.log = p, log
    def generate(self, n, kind, seed, out, max_atoms, progress):
        folder = OutputFolder(out, {"n": n, "seed": seed, "p": [round(float(x), 6) for x in self.p]})
        for i, s in enumerate(crystal_seeds(seed, n)):
            if f"{seed}-{i:06d}" in folder.rows: continue
            noted(self.log, f"generate {seed}-{i}"); g = np.random.default_rng(s); e = sorted(g.choice(list(METALS), 4, p=self.p)); a = np.mean([METALS[x] for x in e]) * g.uniform(0.97, 1.03)
            folder.add(Crystal(f"{seed}-{i:06d}", Structure(Lattice.cubic(a), e, [[0, 0, 0], [0, .5, .5], [.5, 0, .5], [.5, .5, 0]]), label("".join(e)), math.nan, s))
        return folder.crystals()


class Counts:
    "Each metal as often as the crystals that fulfil the wish have it; its state is a file, as a trainer's is"
    def __init__(self, log): self.log = log
    def finetune(self, table, crystals, folder):
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "p.txt").exists():
            noted(self.log, f"learn {folder}"); good = fulfils(WISH, table)
            count = np.array([sum(c.composition[m] for c, g in zip(crystals, good) if g) for m in METALS]) + 0.5
            np.savetxt(folder / "p.tmp", count / count.sum()); (folder / "p.tmp").rename(folder / "p.txt")
        return Metals(np.loadtxt(folder / "p.txt"), self.log)


class Even:
    def __init__(self, log): self.log = log
    def finetune(self, table, crystals, folder): return Metals(np.full(7, 1 / 7), self.log)


@pytest.fixture(scope="module")
def judges():
    register_potential("emt", EMT, None, release="ase")
    return dict(hull=Hull(), reference=Reference(books := textbook_crystals()), training=books[:0], progress=False)


def begin(folder, judges, **change):
    log = Path(folder).with_suffix(".log")
    return Campaign(CampaignConfig(**CONFIG | change), folder, {"conditional": Counts(log), "base": Even(log)}, **judges)


def run(folder, judges):
    "In a process of its own: energies are noted before they are computed; the page takes longer than all the rest, and is left out"
    room.page = room._legs_html = lambda *_: ""; plain = evaluation._relaxed
    def relaxed(job): noted(Path(folder).with_suffix(".log"), f"relax {job[0].composition} {job[0].volume:.6f}"); return plain(job)
    evaluation._relaxed = relaxed
    begin(folder, judges).run()


def start(*args):
    p = multiprocessing.get_context("fork").Process(target=run, args=args); p.start()
    return p


@pytest.mark.timeout(600)
def test_killed_at_ten_moments(tmp_path, judges):
    p = start(tmp_path / "plain", judges); p.join(); assert p.exitcode == 0
    killed, log, kills, rng = tmp_path / "killed", tmp_path / "killed.log", 0, random.Random(0)
    lines = lambda: log.read_text().splitlines() if log.exists() else []
    while kills < 10:
        at, p, begun = len(lines()), start(killed, judges), time.time()
        while p.is_alive() and len(lines()) < at + 1 + rng.randrange(10) and time.time() - begun < 120: time.sleep(0.002)
        time.sleep(rng.random() * 0.1); alive = p.is_alive(); p.kill(); p.join(); kills += alive
        if not alive: break # all was done before the tenth
    p = start(killed, judges); p.join(); assert p.exitcode == 0 and kills >= 5
    a, b = (begin(tmp_path / x, judges) for x in ("plain", "killed"))
    assert len(a.done) == 5 and a.left() == 0
    pd.testing.assert_frame_equal(a.rounds(), b.rounds()); pd.testing.assert_frame_equal(a.found().drop(columns="seconds"), b.found().drop(columns="seconds"))
    pd.testing.assert_frame_equal(a.crystals().drop(columns="seconds"), b.crystals().drop(columns="seconds"))
    assert {k for k, _ in a.store.results()} == {k for k, _ in b.store.results()}
    once = (tmp_path / "plain.log").read_text().splitlines()
    assert len(lines()) <= len(once) + kills and set(x.split()[0] for x in once) == {"generate", "learn", "relax"}
    assert (killed / "index.html").is_file() and not list(killed.rglob("*.tmp"))[kills:]


def test_a_round_more_changes_nothing_that_is_there(tmp_path, judges):
    short = begin(tmp_path / "x", judges, rounds=1); t = short.run(); before = short.crystals()
    longer = begin(tmp_path / "x", judges, rounds=2, arms=["base", "conditional"]); longer.run()
    assert len(longer.done) == 5
    both = longer.crystals(); both = both[both["round"] < 2].set_index("id").loc[before.id].reset_index()
    pd.testing.assert_frame_equal(both, before)


def test_labels_that_fail_and_crystals_that_do_not_relax(tmp_path, judges):
    "A crystal that the potential does not know, one that cannot be read, a label that raises: rows, no errors"
    class Strange:
        def finetune(self, table, crystals, folder): return self
        def generate(self, n, kind, seed, out, max_atoms, progress):
            out.mkdir(parents=True, exist_ok=True); lattice = Lattice.cubic(4.0); fcc = [[0, 0, 0], [0, .5, .5], [.5, 0, .5], [.5, .5, 0]]
            for k, e in enumerate(("Cu", "Fe", "Au")): Structure(lattice, [e] * 4, fcc).to(str(out / f"{k}.cif"))
            (out / "3.cif").write_text("data_\n_cell_length_a five\n")
            return [type("C", (), {"id": str(k)}) for k in range(4)]
    LABELS["picky"] = room.Label(lambda s: 1 / (s[0].specie.symbol != "Au"))
    try: c = Campaign(CampaignConfig(**CONFIG | {"crystals": 4, "rounds": 1, "arms": ["mine"], "labels": ["density", "picky"], "wish": {"picky": ">= 1"}}), tmp_path / "x", {"base": Strange(), "mine": Strange()}, **judges); t = c.run()
    finally: del LABELS["picky"]
    assert list(t.fulfil) == [1, 1] and list(t.crystals) == [4, 4] and list(t.converged) == [2, 2]
    r = c.crystals(); assert list(r.status[:4]) == ["as given", "failed", "as given", "unreadable"] and np.isnan(r.picky[2])
    table, crystals = c.pool(c.legs[1]); assert list(crystals.formula) == list(map(str, crystals.formula)) and len(table) == len(crystals) == 2
    assert c.found().empty # copper is known


@pytest.mark.skipif(importlib.util.find_spec("distributed") is None, reason="Dask is not installed")
@pytest.mark.timeout(300)
def test_workers_find_the_same(tmp_path, judges):
    here, there = begin(tmp_path / "a", judges, rounds=0), begin(tmp_path / "b", judges, rounds=0); there.where = (2, None)
    here.run(); there.run()
    pd.testing.assert_frame_equal(here.crystals().drop(columns="seconds"), there.crystals().drop(columns="seconds"))


def test_a_plugin_registers_a_label(tmp_path, judges):
    (tmp_path / "mine.py").write_text("from crysvcd.campaign import register_label\nregister_label('atoms', len)\n")
    try: t = begin(tmp_path / "x", judges, rounds=0, plugins=[str(tmp_path / "mine.py")], labels=["density", "atoms"], wish={"atoms": 4}).run()
    finally: LABELS.pop("atoms", None)
    assert list(t.fulfil) == [6]
