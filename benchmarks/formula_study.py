"""What the formula models have learned, and what constraining formulas before the diffusion saves.

    CRYSVCD_DATA=FOLDER OMP_NUM_THREADS=1 python benchmarks/formula_study.py [attention] [distributions] [cost]

Writes benchmarks/results/formula_study.json, which notebook 09_formula_study shows.
  attention      who looks at whom, by layer and head, on the test part; held-out loss with each head silenced
  distributions  10,000 sampled formulas against the training and the test part; valid, unique, novel, and known to the Materials Project of 2019 although never trained on
  cost           core seconds a formula and a crystal, share of balanced formulas without a constraint
"""
import json, os, sys, time
from collections import Counter
from pathlib import Path
import numpy as np, pandas as pd, torch
from pymatgen.core import Composition
from crysvcd.balance import BalanceConstraint
from crysvcd.data import load_crystals, split_by_formula
from crysvcd.formula import encode, formula_loss, labelled, load_formula, sample_tokens, shuffle_species
from crysvcd.sample import FormulaGenerator, reduced
from crysvcd.training import step_generator
from crysvcd.valence import Assignment, ValenceError, label
from formula_generation import PUBLIC, total_variation

RESULTS = Path(__file__).parent / "results"
OUT = RESULTS / "formula_study.json"
MODELS = {"ours": ("formula-ionic", "exact"), "paper's": ("formula-ionic-paper", "reject")}
PUBLIC_CRYSTAL = 133.0 # core seconds a crystal of the paper's public diffusion code (mean 9.5 atoms), as measured; PUBLIC holds its formulas a second
GROUPS = ("START", "itself", "cations", "anions", "same element")


def parts(mode):
    "Assignments of the training and the test part"
    split = split_by_formula(load_crystals())
    return {k: labelled(split[k], "ionic", mode) for k in ("train", "test")}


# ---- attention

def groups(words) -> dict:
    "Which of START and the words a query at the last of them can look at: {group: (keys,) 0 or 1}"
    last, before = words[-1], words[:-1]; other = [s.element != last.element for s in before]
    return {"START": [1] + [0] * len(words), "itself": [0] * len(words) + [1], "cations": [0] + [o and s.charge > 0 for s, o in zip(before, other)] + [0],
            "anions": [0] + [o and s.charge < 0 for s, o in zip(before, other)] + [0], "same element": [0] + [not o for o in other] + [0]}


def looks(model, token, count) -> dict:
    "Mean attention of each head to each group where the group is there, and what even attention would give"
    S, found = len(model.species), {q: {g: [] for g in GROUPS} for q in ("end", "later word")}
    a = model.attention(token[:, :-1], count[:, :-1]).numpy()
    for row, t in zip(a, token.tolist()):
        words = [model.species[i] for i in t if i < S]
        for k in range(2, len(words) + 1):
            for g, keys in groups(words[:k]).items():
                keys = np.array(keys, float)
                if keys.any(): found["end" if k == len(words) else "later word"][g].append(np.append(row[:, :, k, :k + 1] @ keys, keys.mean()))
    mean = {q: {g: np.mean(v, axis=0) for g, v in of.items() if v} for q, of in found.items()}
    return {q: {g: {"heads": v[:-1].reshape(model.cfg.layers, model.cfg.heads).tolist(), "even": v[-1], "queries": len(found[q][g])} for g, v in of.items()} for q, of in mean.items()}


@torch.no_grad()
def silenced(model, rows, orders=4) -> dict:
    "Nats a held-out formula with all heads, and with each one's output set to zero"
    loss = lambda: float(np.mean([formula_loss(model, rows, step_generator(5, i))[1]["formula"] for i in range(orders)]))
    width = model.cfg.width // model.cfg.heads; out = {"all": loss(), "without": []}
    for block in model.gpt.h:
        out["without"].append([])
        for head in range(model.cfg.heads):
            def off(module, args, cut=slice(head * width, (head + 1) * width)): x = args[0].clone(); x[..., cut] = 0; return (x,)
            hook = block.attn.c_proj.register_forward_pre_hook(off)
            out["without"][-1].append(loss()); hook.remove()
    return out


def attention(orders=8):
    out = {}
    for name, (weights, _) in MODELS.items():
        model = load_formula(weights)
        rows = encode(parts(model.cfg.mode)["test"], model.species, model.cfg)
        many = [torch.cat(x) for x in zip(*(shuffle_species(*rows, model.embed.end, step_generator(2, i)) for i in range(orders)))]
        out[name] = {"formulas": len(rows[0]), "orders": orders, "looks": looks(model, *many), "silenced": silenced(model, rows)}
        print(name, out[name]["silenced"], flush=True)
    return out


# ---- distributions

def marginals(formulas) -> dict:
    return {"elements": Counter(e for a in formulas for e in {s.element for s in a}), "number of elements": Counter(len({s.element for s in a}) for a in formulas),
            "atoms": Counter(sum(a.values()) for a in formulas), "anions": Counter(" ".join(sorted({s.element for s in a if s.charge < 0})) for a in formulas),
            "mixed valence": Counter(bool(a.mixed) for a in formulas)}


def distance(a, b) -> dict: # two lists of assignments
    x, y = marginals(a), marginals(b)
    return {k: total_variation(x[k], y[k]) for k in x}


def walk(species, n, seed=0) -> list:
    "n balanced formulas by uniform random words under the mask: chance"
    c = BalanceConstraint(species); rng, used, done = np.random.default_rng(seed), np.zeros((n, len(species)), int), np.zeros(n, bool)
    while not done.all():
        live = np.flatnonzero(~done)
        for i, end, m in zip(live, *c.mask(used[live])):
            if end and (rng.random() < 0.5 or not m.any()): done[i] = True; continue
            s = rng.choice(np.flatnonzero(m.any(1))); used[i, s] = rng.choice(np.flatnonzero(m[s])) + 1
    return [c.assignment(u) for u in used]


def swapped(train, n, seed=0) -> list:
    "n training formulas, every species replaced by one of the same charge, drawn by frequency: balanced, with the right shapes, and no chemistry"
    rng, often, out = np.random.default_rng(seed), Counter(s for a in train for s in a), []
    pool = {q: [s for s in often if s.charge == q] for q in {s.charge for s in often}}
    p = {q: np.array([often[s] for s in v], float) / sum(often[s] for s in v) for q, v in pool.items()}
    while len(out) < n:
        a = train[rng.integers(len(train))]
        new = {pool[s.charge][rng.choice(len(pool[s.charge]), p=p[s.charge])]: k for s, k in a.items()}
        if len({s.element for s in new}) == len(a): out.append(Assignment(new))
    return out


def worth(formulas, known, mp) -> dict:
    "Balanced, valid by smact, unique, novel; of the different novel ones those the Materials Project of 2019 has"
    names = [reduced(a) for a in formulas]; new = set(names) - known; size = {f: len(Composition(f)) for f in new}
    out = {"formulas": len(names), "balanced": np.mean([a.charge == 0 for a in formulas]), "unique": len(set(names)) / len(names), "novel": np.mean([f not in known for f in names]),
           "different novel": len(new), "of these in MP 2019": len(new & mp) / len(new), "in MP 2019 by elements": {k: [len([f for f in new & mp if size[f] == k]), sum(v == k for v in size.values())] for k in sorted(set(size.values()))}}
    try: from smact.screening import smact_validity
    except ImportError: return out
    valid = {f: smact_validity(f) for f in set(names) if len(Composition(f)) <= 6} # the combinations of more elements explode; one state an element
    return out | {"valid by smact": np.mean([valid[f] for f in names if f in valid]), "asked smact": sum(f in valid for f in names)}


def distributions(n=10_000, seed=21):
    out, table = {}, pd.read_csv(Path(os.environ["CRYSVCD_DATA"]) / "mp_formation_energies_matbench.csv.gz")
    mp = {Composition(f).reduced_formula for f in table.formula.unique()}; print(len(mp), "formulas in MP 2019", flush=True)
    for name, (weights, strategy) in MODELS.items():
        g = FormulaGenerator(weights, strategy=strategy, seed=seed, batch_size=1024); data = parts(g.model.cfg.mode)
        train, test = ([a for a in data[k] if sum(a.values()) <= 20] for k in ("train", "test")); m = len(test); known = {reduced(a) for a in train}
        sampled = [f.assignment for f in g.sample(n)]; rng = np.random.default_rng(0)
        pick = lambda rows, size: [rows[i] for i in rng.choice(len(rows), size, replace=False)]
        sets = {"sampled": sampled, "swapped species": swapped(train, n), "random balanced": walk(g.model.species, n)}
        apart = {"held out": distance(test, train)} | {f"{k} (as many)": pd.DataFrame([distance(pick(v, m), train) for _ in range(20)]).mean().to_dict() for k, v in sets.items()} | {"sampled (all)": distance(sampled, train)}
        out[name] = {"model": weights, "strategy": strategy, "training": len(train), "test": m, "distance from training": apart, "worth": {k: worth(v, known, mp) for k, v in (sets | {"held out": test}).items()},
                     "shares": {k: {part: {str(x): c / len(rows) for x, c in count.most_common()} for part, count in marginals(rows).items()} for k, rows in {"training": train, "held out": test, **sets}.items()}}
        print(name, apart, out[name]["worth"], flush=True)
    return out


# ---- cost

def seconds(weights, strategy, n=10_000):
    "Core seconds an accepted formula, model loaded"
    g = iter(FormulaGenerator(weights, strategy=strategy, seed=1, batch_size=1024)); next(g)
    t0 = time.process_time()
    for _ in range(n): next(g)
    return (time.process_time() - t0) / n


def sentences(model, n, seed=31) -> tuple: # what the model writes freely, well formed or None; core seconds each
    t0, rows = time.process_time(), []
    for i in range(0, n, 1000):
        token, count, _ = sample_tokens(model, min(1000, n - i), step_generator(seed, i))
        for t, c in zip(token.tolist(), count.tolist()):
            words = [(model.species[x], k) for x, k in zip(t[1:], c[1:]) if x < model.embed.start]
            good = model.embed.end in t and words and all(k for _, k in words) and len({s for s, _ in words}) == len(words) and sum(k for _, k in words) <= 20
            rows.append(Assignment(dict(words)) if good else None)
    return rows, (time.process_time() - t0) / n


def shuffled(train, n, seed=0) -> list:
    "As many species as in a training formula, each with its count drawn from all (species, count) pairs of the training part"
    rng, pairs, out = np.random.default_rng(seed), [p for a in train for p in a.items()], []
    while len(out) < n:
        words = dict(pairs[i] for i in rng.integers(len(pairs), size=len(train[rng.integers(len(train))])))
        if sum(words.values()) <= 20: out.append(Assignment(words))
    return out


def balances(a, mode) -> bool: # do other oxidation states of the same elements balance it? All that a finished crystal can be asked
    try: return label(a.composition, mode=mode).kind == "ionic"
    except ValenceError: return False


def shares(rows, mode) -> dict:
    whole = [a for a in rows if a is not None]
    return {"written": len(rows), "well formed": len(whole) / len(rows), "as written": sum(a.charge == 0 for a in whole) / len(rows), "by some assignment": sum(a.charge == 0 or balances(a, mode) for a in whole) / len(rows)}


def cost(n=10_000):
    out = {"formula": {"ours, exact": seconds("formula-ionic", "exact"), "paper's network, our rejection": seconds("formula-ionic-paper", "reject"), "paper's public sampler": 1 / PUBLIC["sampler"], "paper's public code, end to end": 1 / PUBLIC["end to end"]},
           "crystal": {"our flow": json.loads((RESULTS / "structure_prediction.json").read_text())["models"]["flow"]["cpu_seconds"], "paper's public diffusion": PUBLIC_CRYSTAL}, "share": {}}
    for name, (weights, _) in MODELS.items():
        model = load_formula(weights).eval(); rows, out["formula"][f"{name}, free, each sentence"] = sentences(model, n)
        out["share"][f"{'our' if name == 'ours' else name} network, free"] = shares(rows, model.cfg.mode)
    for mode in ("chemist", "paper"): out["share"][f"species drawn independently, {mode}"] = shares(shuffled(parts(mode)["train"], n), mode)
    print(out, flush=True)
    return out


if __name__ == "__main__":
    torch.set_num_threads(1)
    todo = {f.__name__: f for f in (attention, cost, distributions)}
    result = json.loads(OUT.read_text()) if OUT.exists() else {}
    for name in sys.argv[1:] or todo:
        t0 = time.time(); result[name] = todo[name](); print(name, round(time.time() - t0), "s", flush=True)
        OUT.write_text(json.dumps(result, ensure_ascii=False, default=float) + "\n")
