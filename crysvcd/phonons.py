import time, warnings
from dataclasses import dataclass, field

import matplotlib.pyplot as plt
import numpy as np
from ase import Atoms
from pymatgen.core import Structure

from .data import CrysVCDError
from .potential import Potential, potential, to_atoms
from .relaxation import SMAX, Relaxation, as_structure, tension, verdict

SYMPREC = 0.01 # Å

def _spglib(atoms): return atoms.cell.array, atoms.get_scaled_positions(), atoms.numbers

def standard_cell(atoms, primitive=True, symprec=SYMPREC):
    import spglib
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = spglib.standardize_cell(_spglib(atoms), to_primitive=primitive, symprec=symprec)
    if found is None: raise CrysVCDError(f"{atoms.symbols}: no symmetry can be found: do atoms overlap? (`symmetry=False` needs none)")
    return Atoms(found[2], cell=found[0], scaled_positions=found[1], pbc=True)

def space_group(atoms, symprec=SYMPREC):
    import spglib
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        d = spglib.get_symmetry_dataset(_spglib(atoms), symprec=symprec)
    return f"{d.international} ({d.number})"

FMAX, STEPS = 0.003, 200

def tight_relax(crystal, pot="chgnet", fmax=FMAX, smax=SMAX, steps=STEPS, symmetry=True):
    from ase.constraints import FixSymmetry
    from ase.filters import FrechetCellFilter
    from ase.optimize import BFGS
    pot = potential(pot); atoms = standard_cell(to_atoms(crystal)) if symmetry else to_atoms(crystal)
    out, t0 = Relaxation("failed", "", None, as_structure(atoms), potential=pot.name), time.process_time()
    pot.check(atoms); atoms.calc = pot.calculator; volume = atoms.get_volume()
    if symmetry: atoms.set_constraint(FixSymmetry(atoms, symprec=SYMPREC))
    try:
        out.energy_before = float(atoms.get_potential_energy()); engine = BFGS(FrechetCellFilter(atoms), logfile=None)
        for _ in engine.irun(fmax=1e-12, steps=steps):
            out.max_force, out.max_stress = tension(atoms.get_forces(), atoms.get_stress())
            out.status, out.reason = verdict(out.max_force, out.max_stress, atoms.get_volume() / volume, fmax, smax)
            if out.status != "not converged": break
        out.energy = float(atoms.get_potential_energy())
    except Exception as e: raise CrysVCDError(f"{atoms.symbols}: {pot.name} failed while relaxing ({type(e).__name__}: {e})") from e
    out.steps, out.seconds, out.structure = engine.nsteps, time.process_time() - t0, as_structure(atoms)
    return out

MIN_LENGTH, MAX_ATOMS = 10.0, 2000

def shortest(cell):
    from ase.geometry import minkowski_reduce
    return float(np.linalg.norm(minkowski_reduce(cell)[0], axis=1).min())

def multiple(basis, min_length, even=True):
    lengths = np.linalg.norm(basis, axis=1)
    for want in min_length * np.arange(1, 3, 0.02):
        n = np.ceil(want / lengths - 1e-4).astype(int)
        if even: n = np.where(n > 1, n + n % 2, n)
        if shortest(n[:, None] * basis) >= min_length - 1e-3: return np.diag(n)

def supercell(atoms, min_length=MIN_LENGTH, max_atoms=MAX_ATOMS, symmetry=True, even=True):
    from ase.geometry import minkowski_reduce
    cell = atoms.cell.array
    if not min_length > 0: raise CrysVCDError(f"min_length = {min_length}: a length in Å must be positive")
    bases = [np.eye(3, dtype=int), _conventional(atoms)] if symmetry else [minkowski_reduce(cell)[1]]
    made = [multiple(b @ cell, min_length, even) @ b for b in bases]
    best = min(made, key=lambda m: round(abs(np.linalg.det(m))))
    n = len(atoms) * round(abs(np.linalg.det(best)))
    if n > max_atoms: raise CrysVCDError(f"{atoms.symbols}: a supercell of at least {min_length:g} Å has {n} atoms, more than {max_atoms}: ask for a smaller `min_length`, or allow more with `max_atoms`")
    return best

def _conventional(atoms):
    big = standard_cell(atoms, primitive=False).cell.array
    m = big @ np.linalg.inv(standard_cell(atoms).cell.array)
    same = np.allclose(standard_cell(atoms).cell.array, atoms.cell.array, atol=SYMPREC) and np.allclose(m, m.round(), atol=1e-3)
    return m.round().astype(int) if same else np.eye(3, dtype=int)

def phonopy_of(atoms, matrix, symmetry=True):
    from phonopy import Phonopy
    from phonopy.structure.atoms import PhonopyAtoms
    cell = PhonopyAtoms(symbols=list(atoms.symbols), cell=atoms.cell.array, scaled_positions=atoms.get_scaled_positions())
    return Phonopy(cell, np.array(matrix).T, primitive_matrix=np.eye(3), symprec=1e-3, is_symmetry=symmetry, log_level=0)

def force_sets(ph, pot):
    out = []
    for c in ph.supercells_with_displacements:
        atoms = Atoms(c.symbols, cell=c.cell, positions=c.positions, pbc=True)
        try: f = np.asarray(pot.evaluate([atoms])[0]["forces"], float)
        except Exception as e: raise CrysVCDError(f"{atoms.symbols}: {pot.name} failed on a displaced supercell ({type(e).__name__}: {e})") from e
        if not np.isfinite(f).all(): raise CrysVCDError(f"{atoms.symbols}: {pot.name} gives forces that are no numbers")
        out.append(f)
    return out

IMAGINARY, MATBENCH = 0.05, 0.01
DISPLACEMENT, Q_LENGTH = 0.01, 60.0

@dataclass(repr=False)
class PhononStability:
    "Whether a crystal would stand: the verdict, what it rests on, and what it cost"
    formula: str
    stable: bool
    reason: str             # in words
    min_frequency: float = float("nan")
    q_point: tuple = ()
    q_name: str = ""
    stable_matbench: bool = False
    min_exact: float = float("nan")
    min_mesh: float = float("nan")
    threshold: float = IMAGINARY
    space_group: str = ""
    supercell: list = field(default_factory=list)
    length: float = float("nan")
    atoms: int = 0
    displacement: float = DISPLACEMENT
    symmetry: bool = True
    evaluations: int = 0
    seconds: float = 0.0
    potential: str = ""
    structure: Structure = None
    relaxation: Relaxation = None
    force_constants: np.ndarray = None
    @property
    def phonopy(self):
        if self.force_constants is None: raise CrysVCDError(f"{self.formula}: no force constants ({self.reason})")
        ph = phonopy_of(to_atoms(self.structure), self.supercell, self.symmetry); ph.force_constants = self.force_constants
        return ph

def frequencies(ph, q):
    ph.run_qpoints(np.atleast_2d(q))
    return np.array(ph.qpoints.frequencies)

def path(atoms):
    import seekpath
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        p = seekpath.get_path_orig_cell(_spglib(atoms), symprec=SYMPREC)
    return {k.replace("GAMMA", "Γ"): np.array(v) for k, v in p["point_coords"].items()}, [tuple(k.replace("GAMMA", "Γ") for k in s) for s in p["path"]]

def exact_points(ph):
    from phonopy.harmonic.dynmat_to_fc import get_commensurate_points
    return get_commensurate_points(ph.supercell_matrix)

def name_of(q, ph, atoms):
    turned = np.array([r @ q for r in ph.primitive_symmetry.reciprocal_operations])
    same = lambda v: (np.abs((turned - v) - np.rint(turned - v)) < 1e-3).all(axis=1).any()
    return next((k for k, v in path(atoms)[0].items() if same(v)), "")

def lowest(ph, q): # (THz, q)
    f = frequencies(ph, q).min(axis=1); i = int(f.argmin())
    return float(f[i]), tuple(float(x) for x in np.round(q[i] - np.rint(q[i] - 1e-6), 4))

def mesh_points(ph, q_length=Q_LENGTH):
    ph.run_mesh(q_length, is_gamma_center=True)
    return ph.mesh.qpoints

def phonon_stability(crystal, pot="chgnet", displacement=DISPLACEMENT, min_length=MIN_LENGTH, max_atoms=MAX_ATOMS, threshold=IMAGINARY, symmetry=True, even=True, acoustic=True, points="exact", q_length=Q_LENGTH, relax=True, fmax=FMAX, smax=SMAX, steps=STEPS):
    pot, t0 = potential(pot), time.process_time()
    for name, v in (("displacement", displacement), ("threshold", threshold), ("q_length", q_length)):
        if not v > 0: raise CrysVCDError(f"{name} = {v} must be positive")
    atoms = standard_cell(to_atoms(crystal)) if symmetry else to_atoms(crystal)
    supercell(atoms, min_length, max_atoms, symmetry, even) # too large? say so before the work
    out = PhononStability(as_structure(atoms).composition.reduced_formula, False, "", threshold=threshold, displacement=displacement, symmetry=symmetry, potential=pot.name)
    if relax:
        r = out.relaxation = tight_relax(atoms, pot, fmax, smax, steps, symmetry)
        atoms = standard_cell(to_atoms(r.structure)) if symmetry else to_atoms(r.structure)
        if r.status != "converged": out.reason = f"no resting place in {r.steps} steps: {r.reason}"
    out.structure, out.space_group = as_structure(atoms), space_group(atoms)
    if not out.reason: _vibrate(out, atoms, pot, supercell(atoms, min_length, max_atoms, symmetry, even), acoustic, points, q_length)
    out.seconds = time.process_time() - t0
    return out

def _vibrate(out, atoms, pot, matrix, acoustic, points, q_length):
    ph = phonopy_of(atoms, matrix, out.symmetry); ph.generate_displacements(distance=out.displacement)
    ph.forces = force_sets(ph, pot); ph.produce_force_constants(calculate_full_force_constants=False, show_drift=False)
    if acoustic: ph.symmetrize_force_constants(show_drift=False)
    out.supercell, out.length, out.atoms = matrix.tolist(), shortest(ph.supercell.cell), len(ph.supercell)
    out.evaluations, out.force_constants = len(ph.forces), np.array(ph.force_constants)
    found = {"exact": lowest(ph, exact_points(ph)), "mesh": lowest(ph, np.concatenate([list(path(atoms)[0].values()), mesh_points(ph, q_length)]))}
    out.min_exact, out.min_mesh = found["exact"][0], min(found["mesh"][0], found["exact"][0])
    out.min_frequency, out.q_point = min(found.values()) if points == "mesh" else found["exact"]; out.q_name = name_of(out.q_point, ph, atoms)
    out.stable, out.stable_matbench = out.min_frequency >= -out.threshold, out.min_frequency >= -MATBENCH
    out.reason = "no imaginary mode" if out.stable else "imaginary mode"

@dataclass
class Bands:
    x: np.ndarray           # (n,) 1/Å
    frequencies: np.ndarray # (n, 3N) THz
    starts: list            # rows where an unbroken piece begins
    ticks: list             # (position, name)
    def rounded(self): return {"x": self.x.round(4).tolist(), "frequencies": self.frequencies.round(3).tolist(), "starts": self.starts, "ticks": [[round(float(a), 4), b] for a, b in self.ticks]}

def bands(result, spacing=0.02):
    ph, atoms = result.phonopy, to_atoms(result.structure); points, segments = path(atoms)
    q, x, starts, ticks, at, last = [], [], [], [], 0.0, None
    for a, b in segments:
        length = np.linalg.norm((points[b] - points[a]) @ atoms.cell.reciprocal()); n = max(2, round(length / spacing) + 1); t = np.linspace(0, 1, n)
        if a != last: starts.append(sum(map(len, q)))
        ticks += [(at, a), (at + length, b)]
        q.append(points[a] + t[:, None] * (points[b] - points[a])); x.append(at + t * length); at, last = at + length, b
    return Bands(np.concatenate(x), frequencies(ph, np.concatenate(q)), starts, ticks)

def dos(result, q_length=Q_LENGTH):
    ph = result.phonopy; ph.run_mesh(q_length, is_gamma_center=True); ph.run_total_dos(use_tetrahedron_method=True)
    d = ph.get_total_dos_dict()
    return d["frequency_points"], d["total_dos"]
