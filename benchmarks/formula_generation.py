"""Formula generation: speed, a million formulas, every prompt obeyed, and how far the three strategies are from each other.

    OMP_NUM_THREADS=1 python benchmarks/formula_generation.py [speed] [million] [prompts] [distances]

Writes benchmarks/results/formula_generation.json, which notebook 07_sample shows. Every accepted formula is checked by arithmetic of its own: nothing of the mask is used.
"""
import json, sys, time
from collections import Counter
from pathlib import Path
import numpy as np
import torch
from crysvcd.prompt import Prompt, broken_rule
from crysvcd.sample import FormulaGenerator, reduced

OUT = Path(__file__).parent / "results" / "formula_generation.json"
PUBLIC = {"end to end": 5.6, "sampler": 16.0} # accepted formulas a second on one core: the paper's public code, as measured
MODELS = {"ours": "formula-ionic", "paper's": "formula-ionic-paper"}
PROMPTS = {
    "exactly Li-Fe-P-O": Prompt(system="Li-Fe-P-O"), "at most Na, K, Mn, Fe, O, F, S": Prompt(within="Na K Mn Fe O F S"), "with Li and O": Prompt(contains="Li-O"),
    "no Pb, Hg, Cd, Tl, As": Prompt(without="Pb Hg Cd Tl As"), "Li?-?-O": Prompt(template="Li?-?-O"), "with PO4": Prompt(template="P-O4-*"),
    "ABO3": Prompt(template="A-B-O3", classes={"A": "alkali alkaline_earth", "B": "transition"}), "A2BX6": Prompt(template="A2-B-X6", classes={"A": "alkali", "B": "metal", "X": "halogen"}),
    "Fe2+, Fe3+, Mn2+ only": Prompt(contains="Fe", states="Fe2+ Fe3+ Mn2+"), "four elements": Prompt(n_elements=4), "5 to 8 atoms": Prompt(n_atoms=(5, 8)),
    "20 atoms": Prompt(n_atoms=20), "three elements with S, 4 to 12 atoms, no O": Prompt(contains="S", without="O", n_elements=3, n_atoms=(4, 12))}


def balanced(f, prompt) -> bool: return sum(s.charge * n for s, n in f.assignment.items()) == 0 and not broken_rule(prompt, f.assignment)


def speed(n=20_000):
    "Accepted formulas a second on one core, model loaded"
    rows = {}
    for name, weights in MODELS.items():
        for strategy in ("exact", "mask", "reject"):
            g = FormulaGenerator(weights, strategy=strategy, batch_size=1024, seed=1); it = iter(g); next(it)
            t0, c0 = time.perf_counter(), time.process_time()
            for _ in range(n): next(it)
            dt, cpu = time.perf_counter() - t0, time.process_time() - c0
            rows[f"{name}, {strategy}"] = {"per second": n / dt, "per cpu second": n / cpu, "refused": sum(g.refused.values()) / (sum(g.refused.values()) + g.accepted)} | {f"times {k}": n / cpu / v for k, v in PUBLIC.items()}
            print(name, strategy, rows[f"{name}, {strategy}"], flush=True)
    return rows


def million(n=1_000_000, seeds=5):
    "A million formulas over several seeds and prompts"
    prompts = {"no prompt": Prompt(), **{k: PROMPTS[k] for k in ("with Li and O", "no Pb, Hg, Cd, Tl, As", "5 to 8 atoms")}}
    made = bad = refused = 0; t0 = time.process_time(); names = set()
    for name, p in prompts.items():
        for seed in range(seeds):
            g = FormulaGenerator(prompt=p, seed=seed, batch_size=1024)
            for _, f in zip(range(n // len(prompts) // seeds), g):
                made += 1; bad += not balanced(f, p)
                if made % 10 == 0: names.add(reduced(f.assignment))
            refused += sum(g.refused.values())
        print(name, made, bad, round(time.process_time() - t0), flush=True)
    return {"formulas": made, "unbalanced or disobedient": bad, "rejected": refused, "different among every tenth": len(names), "prompts": list(prompts), "seeds": seeds, "cpu seconds": time.process_time() - t0}


def prompts(n=10_000):
    rows = {}
    for name, p in PROMPTS.items():
        t0 = time.process_time(); g = FormulaGenerator(prompt=p, seed=3, batch_size=1024); first = next(iter(g)); t1 = time.process_time()
        g = FormulaGenerator(prompt=p, seed=3, batch_size=1024)
        fs = g.sample(n); t2 = time.process_time()
        rows[name] = {"prompt": repr(p), "formulas": len(fs), "obeyed": sum(balanced(f, p) for f in fs), "rejected": sum(g.refused.values()),
                      "different": len({reduced(f.assignment) for f in fs}), "first after s": t1 - t0, "per cpu second": n / (t2 - t1), "example": first.assignment.ledger()}
        print(name, rows[name], flush=True)
    return rows


def marginals(fs) -> dict:
    species = Counter(s for f in fs for s in f.assignment)
    return {"species": species, "number of species": Counter(len(f.assignment) for f in fs), "atoms": Counter(sum(f.assignment.values()) for f in fs),
            "charge pattern": Counter(tuple(sorted((s.charge, n) for s, n in f.assignment.items())) for f in fs)}


def total_variation(a: Counter, b: Counter) -> float:
    na, nb = sum(a.values()), sum(b.values())
    return 0.5 * sum(abs(a[k] / na - b[k] / nb) for k in a.keys() | b.keys())


def distances(n=30_000):
    "Total variation between the strategies' distributions, beside that of two runs of the same strategy (the noise)"
    rows = {}
    for name, weights in MODELS.items():
        draw = lambda strategy, seed: marginals(FormulaGenerator(weights, strategy=strategy, seed=seed, batch_size=1024).sample(n))
        reference = draw("reject", 11)
        for strategy, seed in (("reject", 12), ("exact", 13), ("mask", 14)):
            m = draw(strategy, seed)
            rows[f"{name}, {strategy}"] = {k: total_variation(reference[k], m[k]) for k in m} | {"mean species": sum(k * v for k, v in m["number of species"].items()) / n}
            print(name, strategy, rows[f"{name}, {strategy}"], flush=True)
        rows[f"{name}, reject"]["mean species reference"] = sum(k * v for k, v in reference["number of species"].items()) / n
    return rows


if __name__ == "__main__":
    torch.set_num_threads(1)
    parts = {f.__name__: f for f in (speed, distances, prompts, million)}
    result = json.loads(OUT.read_text()) if OUT.exists() else {}
    for name in sys.argv[1:] or parts:
        result[name] = parts[name]()
        OUT.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")
