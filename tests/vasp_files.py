"""Result files in VASP's format, made here: what a run in an exported folder would leave (vasprun.xml as VASP 6 writes it, OUTCAR with its dielectric part), from numbers that are given."""
import gzip
from pathlib import Path
from xml.etree import ElementTree as ET
import numpy as np
from pymatgen.core import Element, Structure
from pymatgen.io.vasp import Incar, Kpoints

PLAIN = {bool: "logical", int: "int", float: "float", str: "string"}


def _value(v):
    if isinstance(v, bool): return "T" if v else "F"
    return f" {v:.8f}" if isinstance(v, float) else f" {v}"


def _item(parent, name, v):
    many = isinstance(v, (list, tuple)); kind = PLAIN[type(v[0] if many and v else v if not many else 0.0)]
    e = ET.SubElement(parent, "v" if many else "i", {"name": name} | ({} if kind == "float" else {"type": kind})); e.text = " ".join(map(_value, v)) if many else _value(v)


def _rows(parent, name, a, tag="varray"):
    e = ET.SubElement(parent, tag, {"name": name})
    for r in np.atleast_2d(a): ET.SubElement(e, "v").text = " ".join(f"{x:16.8f}" for x in r)
    return e


def _structure(parent, s, name=None):
    e = ET.SubElement(parent, "structure", {} if name is None else {"name": name}); c = ET.SubElement(e, "crystal")
    _rows(c, "basis", s.lattice.matrix); ET.SubElement(c, "i", name="volume").text = f"{s.volume:16.8f}"; _rows(c, "rec_basis", s.lattice.reciprocal_lattice_crystallographic.matrix); _rows(e, "positions", s.frac_coords)


def _atoms(root, s):
    e = ET.SubElement(root, "atominfo"); ET.SubElement(e, "atoms").text = f" {len(s)} "; kinds = list(dict.fromkeys(x.specie.symbol for x in s)); ET.SubElement(e, "types").text = f" {len(kinds)} "
    a = ET.SubElement(e, "array", name="atoms"); ET.SubElement(a, "dimension", dim="1").text = "ion"; ET.SubElement(a, "field", type="string").text = "element"; ET.SubElement(a, "field", type="int").text = "atomtype"; rows = ET.SubElement(a, "set")
    for x in s:
        r = ET.SubElement(rows, "rc"); ET.SubElement(r, "c").text = f"{x.specie.symbol:2}"; ET.SubElement(r, "c").text = f" {kinds.index(x.specie.symbol) + 1} "
    a = ET.SubElement(e, "array", name="atomtypes"); ET.SubElement(a, "dimension", dim="1").text = "type"
    for kind, name in (("int", "atomspertype"), ("string", "element"), (None, "mass"), (None, "valence"), ("string", "pseudopotential")): ET.SubElement(a, "field", {} if kind is None else {"type": kind}).text = name
    rows = ET.SubElement(a, "set")
    for k in kinds:
        r = ET.SubElement(rows, "rc")
        for text in (f" {sum(x.specie.symbol == k for x in s)} ", f"{k:2}", f" {float(Element(k).atomic_mass):.4f}", " 8.0000", f"  PAW_PBE {k} 06Sep2000 "): ET.SubElement(r, "c").text = text


def vasprun(folder, end: Structure = None, energy=-10.0, forces=None, gap=5.0, epsilon=None, epsilon_ion=None, born=None, steps=3, converged=True, version="6.3.2"):
    "vasprun.xml in a folder with INCAR, KPOINTS and POSCAR; `end`: where a relaxation ended"
    folder = Path(folder); start = Structure.from_file(folder / "POSCAR"); incar, kpoints = Incar.from_file(folder / "INCAR"), Kpoints.from_file(folder / "KPOINTS"); end = start if end is None else Structure(end.lattice, start.species, end.get_sorted_structure().frac_coords); n = len(start)
    root = ET.Element("modeling"); g = ET.SubElement(root, "generator")
    for k, v in (("program", "vasp "), ("version", f"{version}  "), ("subversion", "27Jun22 (build) complex"), ("platform", "LinuxIFC "), ("date", "2026 11 30 "), ("time", "12:00:00 ")): ET.SubElement(g, "i", name=k, type="string").text = v
    e = ET.SubElement(root, "incar")
    for k, v in incar.items(): _item(e, k, list(v) if isinstance(v, (list, tuple)) else v)
    e = ET.SubElement(root, "kpoints"); gen = ET.SubElement(e, "generation", param=str(kpoints.style).split(".")[-1].capitalize()); ET.SubElement(gen, "v", type="int", name="divisions").text = " ".join(map(str, kpoints.kpts[0])); ET.SubElement(gen, "v", name="usershift").text = " 0.0 0.0 0.0"
    _rows(e, "kpointlist", [[0, 0, 0], [0.5, 0.5, 0.5]]); _rows(e, "weights", [[0.5], [0.5]])
    e = ET.SubElement(root, "parameters"); electronic = ET.SubElement(e, "separator", name="electronic"); ionic = ET.SubElement(e, "separator", name="ionic")
    for k, v in {"PREC": "accura", "ENMAX": float(incar["ENCUT"]), "EDIFF": float(incar["EDIFF"]), "NELM": int(incar.get("NELM", 60)), "NELECT": 8.0 * n, "ISPIN": 2, "LEPSILON": bool(incar.get("LEPSILON", False)), "GGA": "PE", "LHFCALC": False, "AEXX": 0.0, "HFSCREEN": 0.0, "METAGGA": "--", "LDAU": bool(incar.get("LDAU", False))}.items(): _item(electronic, k, v)
    for k, v in {"NSW": int(incar.get("NSW", 0)), "IBRION": int(incar.get("IBRION", -1)), "ISIF": int(incar.get("ISIF", 2)), "EDIFFG": float(incar.get("EDIFFG", 10 * incar["EDIFF"]))}.items(): _item(ionic, k, v)
    _atoms(root, start); _structure(root, start, "initialpos")
    many = int(incar.get("NSW", 0)) if not converged and incar.get("NSW", 0) > 1 else steps if incar.get("IBRION", -1) in (1, 2) else 1
    for i in range(many): _calculation(root, start.interpolate(end, max(many - 1, 1), interpolate_lattices=True, autosort_tol=0)[i if many > 1 else 0] if many > 1 else end, energy, forces if forces is not None else np.zeros((n, 3)), gap, n, i == many - 1, epsilon, epsilon_ion, born)
    _structure(root, end, "finalpos"); ET.indent(root, " ")
    (folder / "vasprun.xml").write_bytes(b'<?xml version="1.0" encoding="ISO-8859-1"?>\n' + ET.tostring(root))


def _energies(parent, e, parts=()): # each step of the electrons also has its parts
    t = ET.SubElement(parent, "energy")
    for k in (*parts, "e_fr_energy", "e_wo_entrp", "e_0_energy"): ET.SubElement(t, "i", name=k).text = f" {e if k[:2] == 'e_' else 1.0:16.8f} "


def _calculation(root, s, energy, forces, gap, n, last, epsilon, epsilon_ion, born):
    c = ET.SubElement(root, "calculation")
    for d in (1e-2, 0.0): step = ET.SubElement(c, "scstep"); ET.SubElement(step, "time", name="total").text = " 1.00 1.01"; _energies(step, energy + d, ("alphaZ", "ewald", "hartreedc", "XCdc", "PAWpsdc", "PAWaedc", "eentropy", "bandstr", "atom"))
    _structure(c, s); _rows(c, "forces", forces); _rows(c, "stress", np.zeros((3, 3))); _energies(c, energy); ET.SubElement(c, "time", name="totalsc").text = " 10.0 10.1"
    if not last: return
    a = ET.SubElement(ET.SubElement(c, "eigenvalues"), "array")
    for i, k in enumerate(("band", "kpoint", "spin"), 1): ET.SubElement(a, "dimension", dim=str(i)).text = k
    for k in ("eigene", "occ"): ET.SubElement(a, "field").text = k
    top = ET.SubElement(a, "set")
    for spin in (1, 2):
        one = ET.SubElement(top, "set", comment=f"spin {spin}")
        for k in (1, 2):
            rows = ET.SubElement(one, "set", comment=f"kpoint {k}")
            for b in range(8): ET.SubElement(rows, "r").text = f" {-8 + b + (gap - 1 if b > 3 else 0) + 0.1 * (k - 1) * (-1 if b < 4 else 1):10.4f} {1.0 if b < 4 else 0.0:8.4f} "
    for name, t in (("epsilon", epsilon), ("epsilon_ion", epsilon_ion)):
        if t is not None: _rows(c, name, t)
    if born is not None:
        a = ET.SubElement(c, "array", name="born_charges"); ET.SubElement(a, "dimension", dim="1").text = "ion"
        for z in born:
            one = ET.SubElement(a, "set")
            for r in z: ET.SubElement(one, "v").text = " ".join(f"{x:16.8f}" for x in r)


def outcar(folder, energy=-10.0, epsilon=None, epsilon_ion=None, born=None):
    "OUTCAR: the parts that are read of it"
    t = [" vasp.6.3.2 27Jun22 (build) complex", "   k-points           NKPTS =      2   k-points in BZ     NKDIM =      2   number of bands    NBANDS=      8", "   total plane-waves  NPLWV =  13824", "   NELECT =      16.0000    total number of electrons"]
    if epsilon is not None: t += ["   LEPSILON=      T    determine dielectric tensor"]
    t += [f"   IBRION = {8 if epsilon is not None else 2:6d}    ionic relax: 0-MD 1-quasi-New 2-CG"]
    t += ["------------------------ aborting loop because EDIFF is reached ----------------------------------------", *([" reached required accuracy - stopping structural energy minimisation"] if epsilon is None else [])]
    t += [f"  free  energy   TOTEN  = {energy:18.8f} eV", "", f"  energy  without entropy= {energy:18.8f}  energy(sigma->0) = {energy:18.8f}"]
    block = lambda head, a: ["", f" {head}", " ------------------------------------------------------", *("  " + " ".join(f"{x:12.6f}" for x in r) for r in a), " ------------------------------------------------------"]
    if epsilon is not None: t += block("MACROSCOPIC STATIC DIELECTRIC TENSOR (including local field effects in DFT)", epsilon)
    if born is not None: t += [" BORN EFFECTIVE CHARGES (including local field effects) (in |e|, cummulative output)", " ---------------------------------------------------------------------------------", *(line for i, z in enumerate(born, 1) for line in (f" ion {i:4d}", *(f"    {j} " + " ".join(f"{x:11.5f}" for x in r) for j, r in enumerate(z, 1)))), ""]
    if epsilon_ion is not None: t += block("MACROSCOPIC STATIC DIELECTRIC TENSOR IONIC CONTRIBUTION", epsilon_ion)
    t += [" General timing and accounting informations for this job:", "                  Total CPU time used (sec):      100.000"]
    (Path(folder) / "OUTCAR").write_text("\n".join(t) + "\n")


def potcar(library, symbol, electrons):
    "A pseudopotential's file where pymatgen looks for it, as VASP writes its head, with numbers that mean nothing"
    head = f"  PAW_PBE {symbol} 01Jan2000\n  {electrons:.4f}\n parameters from PSCTR are:\n   VRHFIN ={symbol.split('_')[0]}: invented\n   LEXCH  = PE\n   TITEL  = PAW_PBE {symbol} 01Jan2000\n   POMASS =   10.000; ZVAL   =  {electrons:6.3f}\n   ENMAX  =  400.000; ENMIN  =  300.000 eV\nEND of PSCTR-controll parameters\n local part\n   1.0 2.0 3.0\n End of Dataset\n"
    file = Path(library) / f"POT_GGA_PAW_PBE/POTCAR.{symbol}.gz"; file.parent.mkdir(parents=True, exist_ok=True); file.write_bytes(gzip.compress(head.encode()))
