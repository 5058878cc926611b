"""An evaluation killed at ten random moments ends with the table of an undisturbed one; workers that die lose nothing."""
import importlib.util, os, random, signal, subprocess, sys, time
from pathlib import Path

import pandas as pd
import pytest

JUDGE = '''
import sys
from pathlib import Path
from ase.build import bulk
from ase.calculators.emt import EMT
from crysvcd.hull import Hull
from crysvcd.novelty import Reference
from crysvcd.potential import register_potential
from crysvcd.relaxation import as_structure
import crysvcd.evaluation as ev
out, log = map(Path, sys.argv[1:3])
register_potential("emt", EMT, None, release="ase")
plain = ev._relaxed
def noted(job):
    with open(log, "a") as f: f.write(job[0].composition.reduced_formula + f" {job[0].volume:.6f}\\n")
    return plain(job)
ev._relaxed = noted
metals = ["Cu", "Ag", "Au", "Ni", "Al", "Pd", "Pt"]
crystals = [as_structure(bulk(metals[i % 7], "fcc", a=3.9 + 0.01 * i, cubic=i % 2 == 0)) for i in range(50)]
t = ev.evaluate(crystals, ev.Settings(pot="emt"), out=out, hull=Hull(), reference=Reference(None, ["Cu"]), progress=False)
'''


def start(out, log): return subprocess.Popen([sys.executable, "-c", JUDGE, str(out), str(log)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def finish(out, log):
    p = start(out, log); _, err = p.communicate(timeout=300)
    assert p.returncode == 0, err
    return pd.read_csv(out / "results.csv").drop(columns="seconds")


@pytest.mark.timeout(600)
def test_killed_at_ten_moments(tmp_path):
    plain = finish(tmp_path / "plain", tmp_path / "plain.log")
    assert len(plain) == 50 and (plain.status == "converged").all() and plain.id.is_unique
    log, kills, rng = tmp_path / "killed.log", 0, random.Random(0)
    lines = lambda: len(log.read_text().splitlines()) if log.exists() else 0
    while kills < 10:
        p, at, begin = start(tmp_path / "killed", log), lines(), time.time()
        while p.poll() is None and lines() < at + 1 + rng.randrange(4) and time.time() - begin < 120: time.sleep(0.005)
        time.sleep(rng.random() * 0.1)
        if p.poll() is None: os.kill(p.pid, signal.SIGKILL); kills += 1
        p.communicate()
        if p.returncode == 0: break # all were done before the tenth
    end = finish(tmp_path / "killed", log)
    pd.testing.assert_frame_equal(end, plain)
    assert kills >= 5 and lines() <= 50 + kills # nothing computed twice but the crystal in hand


@pytest.mark.timeout(300)
@pytest.mark.skipif(importlib.util.find_spec("distributed") is None, reason="Dask is not installed")
def test_workers_agree_and_may_die(tmp_path):
    from crysvcd.evaluation import over_workers
    done = dict(over_workers(_sometimes, {i: (i, str(tmp_path)) for i in range(8)}, workers=2))
    assert {k: v for k, v in done.items() if k != 5} == {k: k * k for k in range(8) if k != 5}
    assert isinstance(done[5], str) and "KilledWorker" in done[5], done[5]


@pytest.mark.timeout(300)
@pytest.mark.skipif(importlib.util.find_spec("distributed") is None, reason="Dask is not installed")
def test_a_users_potential_travels_to_the_workers(tmp_path):
    from ase.build import bulk
    from ase.calculators.emt import EMT
    from crysvcd.evaluation import Settings, evaluate
    from crysvcd.hull import Hull
    from crysvcd.novelty import Reference
    from crysvcd.potential import register_potential
    register_potential("my metals", EMT, release="1")
    crystals, about = [bulk(m, "fcc", a=4.0) for m in ("Cu", "Ag", "Au", "Ni")] + [bulk("Cu", "fcc", a=4.0) * (2, 1, 1)], dict(hull=Hull(), reference=Reference(None, ["Cu"]), progress=False)
    here, there = evaluate(crystals, Settings(pot="my metals"), **about), evaluate(crystals, Settings(pot="my metals"), workers=2, **about)
    assert (there.status == "converged").all() and there.unique.tolist() == [True] * 4 + [False] # the first of its kind, although the larger one was done first
    pd.testing.assert_frame_equal(here.drop(columns="seconds"), there.drop(columns="seconds"))


def _sometimes(job):
    i, folder = job
    if i == 5 or (i == 3 and not (Path(folder) / "once").exists()):
        (Path(folder) / "once").touch(); os.kill(os.getpid(), signal.SIGKILL)
    return i * i
