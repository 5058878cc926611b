"The store under several writers, SIGKILL, a full disk and files that are none of ours: what was acknowledged is there, once and whole"
import os, random, resource, signal, sqlite3, subprocess, sys, tempfile, time
from pathlib import Path
import pytest
from crysvcd.data import CrysVCDError
from crysvcd.store import Store, crystal_hash, result_key

WRITER = """
import sys
from crysvcd.store import Store
store = Store(sys.argv[1])
for key in sys.stdin.read().split():
    store.put(key, "number", {"value": int(key, 16) / 3, "text": key * 50})
    print(key, flush=True) # acknowledged
"""
key = lambda writer, i: f"{writer:016x}{i:016x}"


def start(path, keys, **kw):
    p = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **kw)
    p.stdin.write(" ".join(keys)); p.stdin.close(); p.stdin = None
    return p


def whole(path, keys):
    "Every key once, with all its content, and a sound database"
    store = Store(path); rows = list(store.rows())
    found = [r.unique_id for r in rows]
    assert len(set(found)) == len(found) == len(store) and set(keys) <= set(found), set(keys) - set(found)
    assert all(v == {"value": int(k, 16) / 3, "text": k * 50} for k, v in store.results())
    with sqlite3.connect(path) as con:
        assert con.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        for t, n in {"text_key_values": 2, "number_key_values": 2, "keys": 4}.items(): assert con.execute(f"SELECT COUNT(*) FROM {t}").fetchone() == (n * len(found),), t
    return found


def test_four_writers_at_once(tmp_path):
    "50 keys of their own and 50 in common, all writers starting on a file that isn't there"
    jobs = [[key(w, i) for i in range(50)] + [key(9, i) for i in range(50)] for w in range(4)]
    for w, j in enumerate(jobs): random.Random(w).shuffle(j)
    writers = [start(tmp_path / "r.db", j) for j in jobs]
    said = [p.communicate(timeout=300) for p in writers]
    assert [p.returncode for p in writers] == [0] * 4, said
    assert [out.split() for out, _ in said] == jobs
    assert len(whole(tmp_path / "r.db", sum(jobs, []))) == 250


def test_readers_see_whole_rows(tmp_path):
    store = Store(tmp_path / "r.db"); keys = [key(0, i) for i in range(60)]
    p = start(store.path, keys); seen = 0
    while p.poll() is None:
        got = dict(store.results()); assert len(got) >= seen; seen = len(got)
        assert all(v == {"value": int(k, 16) / 3, "text": k * 50} for k, v in got.items())
    assert p.returncode == 0, p.stderr.read()
    assert len(whole(store.path, keys)) == 60


def test_killed_writers_lose_nothing(tmp_path):
    "SIGKILL at ten random moments, the first ones while the tables are made"
    path, acknowledged, rng = tmp_path / "r.db", [], random.Random(0)
    for n in range(10):
        p = start(path, [key(n, i) for i in range(5000)])
        if n < 4: wait(lambda: path.exists()) # the first moments
        else: acknowledged += [p.stdout.readline().strip()]
        time.sleep(rng.random() * (0.05 if n < 4 else 0.5))
        p.send_signal(signal.SIGKILL); acknowledged += p.communicate()[0].split()
        assert p.returncode == -signal.SIGKILL
        found = whole(path, acknowledged)
        assert len(found) - len(acknowledged) <= n + 1 # written, but killed before it could say so
    assert len(acknowledged) > 6
    (tmp_path / "r.db.lock").touch() # what ASE's own writers leave behind
    assert Store(path).put(key(99, 0), "number", {"value": 1}) and key(99, 0) in Store(path)


def wait(condition, timeout=120):
    end = time.time() + timeout
    while not condition(): assert time.time() < end, "nothing happened"; time.sleep(0.002)


def test_full_disk(tmp_path):
    "No file may grow beyond 200 kB: one clear line, and what is there stays"
    path, keys = tmp_path / "r.db", [key(0, i) for i in range(2000)]
    p = start(path, keys, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY)))
    out, err = p.communicate(timeout=300); last = err.strip().splitlines()[-1]
    assert p.returncode == 1 and "CrysVCDError" in last and str(path) in last and "unharmed" in last, err
    done = out.split(); assert 5 < len(done) < 2000 and whole(path, done) == done
    assert Store(path).put(keys[len(done)], "number", {"value": int(keys[len(done)], 16) / 3, "text": keys[len(done)] * 50})
    whole(path, keys[:len(done) + 1])


def test_read_only():
    "A user without the right to write reads, and is told when writing"
    folder = Path(tempfile.mkdtemp()); folder.chmod(0o755); path = folder / "r.db"
    Store(path).put(key(0, 0), "number", {"value": 1.5}); path.chmod(0o444); folder.chmod(0o555)
    code = f"""
import os
from crysvcd.store import Store
import ase.db.sqlite, ase.db.row
if os.getuid() == 0: os.setuid(65534)
store = Store({str(path)!r}); print(store.get({key(0, 0)!r}))
for attempt in (lambda: store.put({key(0, 1)!r}, "number", {{"value": 1}}), lambda: Store({str(folder / 'new.db')!r})):
    try: attempt()
    except ValueError as e: print(type(e).__name__, e)
"""
    r = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    folder.chmod(0o755)
    lines = r.stdout.splitlines()
    assert len(lines) == 3 and lines[0] == "{'value': 1.5}" and lines[1].startswith(f"CrysVCDError {path}: ") and "new.db" in lines[2], r.stdout + r.stderr
    assert len(Store(path)) == 1


@pytest.mark.parametrize("content", [b"not a database" * 99, bytes(range(256)) * 30, b"SQLite format 3\0" + b"\xff" * 5000])
def test_other_files_are_left_alone(tmp_path, content):
    f = tmp_path / "r.db"; f.write_bytes(content)
    with pytest.raises(CrysVCDError, match="r.db"): Store(f)
    assert f.read_bytes() == content and [p.name for p in tmp_path.iterdir()] == ["r.db"]


def test_damaged_store(tmp_path):
    "Cut, it says so (or reads what is whole); it never gives a wrong result"
    f = tmp_path / "r.db"; store = Store(f)
    for i in range(40): store.put(key(0, i), "number", {"value": key(0, i)})
    f.write_bytes(f.read_bytes()[:f.stat().st_size // 2])
    for i in range(40):
        try: got = store.get(key(0, i))
        except CrysVCDError as e: assert "r.db" in str(e)
        else: assert got in (None, {"value": key(0, i)})


def test_with_ase_s_own_rows(tmp_path):
    "A database that holds something of the user's: it stays, and is not counted"
    from ase.build import bulk
    from ase.db import connect
    db = connect(tmp_path / "r.db"); db.write(bulk("Cu"), kind="relaxation", note="mine")
    store = Store(tmp_path / "r.db"); store.put(key(0, 0), "relaxation", {"value": 1})
    assert len(store) == len(store.table()) == 1 and db.count() == 2 and len(list(store.results("relaxation"))) == 1


def test_pickled_and_forked(tmp_path):
    import pickle
    from multiprocessing import get_context
    store = Store(tmp_path / "r.db"); store.put(key(0, 0), "number", {"value": 0})
    with get_context("fork").Pool(2) as pool: assert all(pool.starmap(store.put, [(key(1, i), "number", {"value": i}) for i in range(8)]))
    assert len(pickle.loads(pickle.dumps(store))) == 9


def test_hash_of_real_crystals(table):
    "Equal for every textbook crystal through ASE and through a CIF; different between crystals"
    from crysvcd.data import load_crystals
    from crysvcd.potential import to_atoms
    from pymatgen.core import Structure
    crystals = list(load_crystals(table, elements=None)); hashes = [crystal_hash(s) for s in crystals]
    assert len(set(hashes)) == len(crystals)
    assert hashes == [crystal_hash(to_atoms(s)) for s in crystals] == [crystal_hash(Structure.from_str(s.to(fmt="cif"), fmt="cif")) for s in crystals]
    assert result_key("a", hashes[0]) == result_key("a", crystals[0]) != result_key("b", crystals[0])


URL = os.environ.get("CRYSVCD_TEST_POSTGRES")

@pytest.mark.skipif(not URL, reason="CRYSVCD_TEST_POSTGRES names an empty PostgreSQL database")
def test_postgres():
    "The same through a server: four writers, exact values"
    jobs = [[key(w, i) for i in range(15)] + [key(9, i) for i in range(15)] for w in range(4)]
    for w, j in enumerate(jobs): random.Random(w).shuffle(j)
    said = [p.communicate(timeout=300) for p in [start(URL, j) for j in jobs]]
    assert [out.split() for out, _ in said] == jobs, said
    store = Store(URL); assert len(store) == len(list(store.results())) == 75
    assert all(v == {"value": int(k, 16) / 3, "text": k * 50} for k, v in store.results())
    assert sorted(store.table().key) == sorted({k for j in jobs for k in j}) and list(store.table().value.astype(float)) == [int(k, 16) / 3 for k in store.table().key]
    odd = {"energy": float("nan"), "big": 1e300, "zero": -0.0, "whole": 1e16, "nul": "a\0b"}
    store.put(key(50, 0), "odd", odd); assert repr(store.get(key(50, 0))) == repr(odd)
