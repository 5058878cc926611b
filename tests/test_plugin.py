"Balance for other generators: no structure model is loaded, and nothing that they write stops the guard"
import io, json, math, subprocess, sys, tarfile
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from crysvcd.data import CrysVCDError
from crysvcd.plugin import VERDICTS, WRITERS, audit, audit_files, audit_shares, audit_table, entries, repair, substitutes, write_formulas
from crysvcd.valence import CHEMIST, Assignment, cell_content

SLOW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
formulas = st.dictionaries(st.sampled_from([*CHEMIST, "La", "Xe"]), st.integers(1, 6), min_size=1, max_size=4)


@pytest.mark.parametrize("module", ["sample", "balance", "plugin"])
def test_the_formula_side_needs_no_structure_model(module):
    code = f"import sys, crysvcd.{module}; print([m for m in sys.modules if m.startswith('crysvcd.') and m.split('.')[1] in ('structure', 'denoiser', 'diffusion', 'flow', 'template', 'metrics', 'generate', 'cli')])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


@SLOW
@given(st.one_of(st.text(max_size=60), st.from_regex(r"([A-Z][a-z]?[0-9.]{0,4}[()]?){1,6}", fullmatch=True), st.text("data_cell_length_a loop_\n'x,y,z 1.0", max_size=80),
                 st.sampled_from(["a.cif", "/", "x.zip", "\0.cif", "data_", "~.json", ".csv", "a\n.cif", "x" * 2000 + ".cif"]), st.none(), st.integers(), st.floats(), st.binary(max_size=20), formulas))
def test_audit_never_raises(x):
    a = audit(x)
    assert a.verdict in VERDICTS and a.ok == (a.verdict in ("balanced", "alloy")) and a.ok != bool(a.reason)
    assert not a.ok or a.assignment.charge == 0 and a.ledger
    assert list(audit_table([x]).verdict) == [a.verdict] or isinstance(x, str)


@SLOW
@given(formulas)
def test_repairs_balance_and_are_as_near_as_they_say(f):
    a = audit(f)
    if a.verdict == "outside vocabulary":
        with pytest.raises(CrysVCDError): repair(f)
        return
    found = repair(f, distance=2)
    assert len({r.distance for r in found}) <= 1 and (a.ok == any(r.distance == 0 for r in found))
    for r in found:
        now = cell_content(r.assignment)
        assert set(now) == set(f) and r.assignment.charge == 0
        assert r.distance == max(sum(max(now[e] - n, 0) for e, n in f.items()), sum(max(n - now[e], 0) for e, n in f.items()))
    for r in substitutes(f, 2): assert r.assignment.charge == 0 and sorted(cell_content(r.assignment).values()) == sorted(f.values())


@SLOW
@given(st.lists(formulas.map(audit).filter(lambda a: a.ok).map(lambda a: a.assignment), max_size=4), st.sampled_from(sorted(WRITERS)))
def test_what_is_written_is_read_back(made, name):
    text = write_formulas(made, format=name)
    if name in ("json", "jsonl", "mattergen", "chemeleon", "txt", "csv"):
        from crysvcd.plugin import READERS
        back = [x for _, x in READERS["." + {"mattergen": "json", "chemeleon": "json"}.get(name, name)](text.encode())] if text.strip() else []
    elif name == "crystallm":
        with tarfile.open(fileobj=io.BytesIO(text)) as t: back = [t.extractfile(m).read().decode().strip().removeprefix("data_") for m in t.getmembers()]
    elif name == "diffcsp":
        made = list({str(sorted(cell_content(a).items())): a for a in made}.values()); back = [line.split("--formula ")[1].split()[0] for line in text.splitlines()]
    else: back = list(pd.read_csv(io.StringIO(text)).cif)
    assert len(back) == len(made) and all(cell_content(audit(b).assignment) == cell_content(a) for a, b in zip(made, back))


@pytest.mark.parametrize("name, data, verdicts", [
    ("a.txt", b"NaCl\n\nNaF2\nwhat\n", ["balanced", "unbalanced", "not a formula"]), ("a.csv", b"formula,x\nNaCl,1\n,2\n", ["balanced", "not a formula"]), ("b.csv", b"x\n1\n", ["unreadable"]),
    ("a.csv", bytes(range(256)), ["unreadable"]), ("a.json", b'[{"Na":1,"Cl":1},"Fe3O4",7,null]', ["balanced", "balanced", "not a formula", "not a formula"]), ("a.json", b"{", ["unreadable"]), ("a.jsonl", b'{"formula": "NaCl"}\n{\n', ["balanced", "unreadable"]),
    ("a.zip", b"PK", ["unreadable"]), ("a.tar.gz", b"", ["unreadable"]), ("a.cif", b"\xff\xfe", ["not a formula"]), ("a.cif", b"data_a\n\ndata_b\n", ["unreadable"] * 2), ("a.extxyz", b"2\nhello\nNa 0 0 0\n", ["unreadable"]),
    ("a.xyz", b"", []), ("a.csv.gz", b"no gzip", ["unreadable"]), ("a.pt", b"\x80\x02", ["unreadable"]), ("POSCAR.vasp", b"x\n1\n", ["unreadable"])])
def test_damaged_files_cost_a_row(tmp_path, name, data, verdicts):
    (tmp_path / name).write_bytes(data)
    t = audit_files([tmp_path / name], nearest=True)
    assert list(t.verdict) == verdicts and audit_shares(t).n.sum() == len(t)


def test_files_that_are_not_there(tmp_path):
    for call in (lambda: audit_table(tmp_path / "no.cif"), lambda: audit_files(["nowhere"]), lambda: audit_table(tmp_path), lambda: list(entries(tmp_path / "x"))):
        with pytest.raises(CrysVCDError): call()
    (tmp_path / "a.txt").write_text("NaCl\n")
    with pytest.raises(CrysVCDError, match="cannot be written"): audit_files(tmp_path / "a.txt", tmp_path / "no" / "out.csv")
    audit_files(tmp_path / "a.txt", tmp_path / "out.csv")
    assert list(pd.read_csv(tmp_path / "out.csv").verdict) == ["balanced"]


def test_a_folder_is_read_once(tmp_path):
    from crysvcd.data import textbook_crystals
    s = textbook_crystals()[0]
    (tmp_path / "cifs").mkdir(); s.to(str(tmp_path / "cifs" / "a.cif")); (tmp_path / "crystals.csv").write_text("formula\nNaCl\n")
    assert len(audit_table(tmp_path)) == 1


def test_a_user_adds_a_format():
    WRITERS["shout"] = lambda formulas, end="!": "".join(f.composition.reduced_formula.upper() + end for f in formulas)
    try: assert write_formulas(["NaCl"], format="shout", end="?") == "NACL?"
    finally: del WRITERS["shout"]
