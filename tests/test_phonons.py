"Phonon verdicts with potentials that are cheap and known"
import numpy as np
import pytest
from ase.build import bulk
from ase.calculators.emt import EMT
from ase.calculators.lj import LennardJones

pytest.importorskip("phonopy", reason="phonons need phonopy"); pytest.importorskip("seekpath", reason="band paths need seekpath")
from crysvcd.data import CrysVCDError
from crysvcd.phonons import exact_points, frequencies, phonon_stability, shortest
from crysvcd.potential import to_atoms

@pytest.mark.parametrize("symbol", ["Cu", "Al", "Pt"])
def test_fcc_metals_stand_in_any_cell(symbol):
    a, b = phonon_stability(bulk(symbol), EMT(), min_length=8), phonon_stability(bulk(symbol, cubic=True), EMT(), min_length=8)
    assert a.stable and b.stable and a.stable_matbench and not a.doubtful
    np.testing.assert_allclose(frequencies(a.phonopy, [0, .5, .5]), frequencies(b.phonopy, [0, .5, .5]), atol=0.01)

def test_simple_cubic_falls():
    r = phonon_stability(bulk("Ar", "sc", a=3.7), LennardJones(sigma=3.4, epsilon=0.0104, rc=9, smooth=True), min_length=7)
    assert not r.stable and not r.stable_matbench and r.min_frequency < -0.05 and "imaginary" in r.reason

@pytest.mark.parametrize("length, even", [(6, True), (9, False), (13, True)])
def test_supercells_are_long_enough_and_their_points_fit(length, even):
    r = phonon_stability(bulk("Cu"), EMT(), min_length=length, even=even, relax=False)
    cell = np.array(r.supercell) @ to_atoms(r.structure).cell.array
    assert shortest(cell) >= length - 1e-3 and r.atoms == len(exact_points(r.phonopy))
    q = exact_points(r.phonopy) @ np.array(r.supercell).T; np.testing.assert_allclose(q, q.round(), atol=1e-9)

def test_too_large_and_too_few_steps():
    with pytest.raises(CrysVCDError, match="min_length"): phonon_stability(bulk("Cu"), EMT(), min_length=80)
    r = phonon_stability(bulk("Cu", a=4.2), EMT(), steps=1, min_length=7)
    assert not r.stable and "no resting place" in r.reason and np.isnan(r.min_frequency) and not r.doubtful

def test_a_verdict_can_be_stored():
    from crysvcd.phonons import PhononStability
    from crysvcd.store import decode, encode, register_result
    register_result(PhononStability)
    r = phonon_stability(bulk("Cu"), EMT(), min_length=7); s = decode(encode(r))
    assert repr(s) == repr(r); np.testing.assert_array_equal(frequencies(s.phonopy, [0.1, 0.2, 0.3]), frequencies(r.phonopy, [0.1, 0.2, 0.3]))
