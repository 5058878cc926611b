"""How much the flow's say is worth in ranking structure types, on the *validation* part; the three weights of the ranking are fitted here.

    CRYSVCD_DATA=FOLDER python benchmarks/retrieval.py [--weights FOLDER] [--flow FOLDER] [--n 537] [--fit]

Writes benchmarks/results/retrieval.json and, with --fit, puts the weights into the model's config.json. The test part is not looked at. Besides: where
"none of these" is likelier than the best type, how often the best type is right, and how often a draw of the flow.
"""
import argparse, json
from pathlib import Path
import numpy as np
from scipy.optimize import minimize
from scipy.special import logsumexp
from crysvcd.data import load_crystals, split_by_formula
from crysvcd.metrics import held_out, match_distance, wilson
from crysvcd.retrieval import RetrievalGenerator, road_error
from crysvcd.structure import crystal_seeds
from crysvcd.training import find_weights


def looked_at(g, s):
    "(features (n, 3), which candidates are the crystal (n,)) of one composition"
    c, score = g.scores(s.composition)
    best = [j for j in np.argsort(-score[:-1], kind="stable")[:g.looked_at] if score[j] > -1e3]
    if not best: return np.zeros((0, 3)), np.zeros(0, bool)
    made = [g.realise(c, j) for j in best]
    return np.column_stack([score[best], -road_error(g.flow.model, made)]), np.array([np.isfinite(match_distance(m, s)) for m in made])


def doubtful(g, structures):
    "(best type is right, a draw of the flow is right) for each composition where none of the types is the likeliest answer"
    asked = []
    for s in structures:
        guesses, none = g.guesses(s.composition)
        if guesses and guesses[0].probability < none: asked.append((s, guesses[0].structure))
    drawn = g.flow.sample([s.composition for s, _ in asked], crystal_seeds(0, len(asked)))
    return [(bool(np.isfinite(match_distance(best, s))), bool(np.isfinite(match_distance(d, s)))) for (s, best), d in zip(asked, drawn)]


def loss(w, rows): return sum(logsumexp(x @ w) - logsumexp((x @ w)[y]) for x, y in rows) / len(rows) + 1e-3 * np.square(w).sum()
def fit(rows): return minimize(loss, [1.0, 0.5, 0.5], args=([r for r in rows if r[1].any()],)).x
def right(w, rows): return [bool(len(y)) and bool(y[(x @ w).argmax()]) for x, y in rows]


if __name__ == "__main__":
    p = argparse.ArgumentParser(); p.add_argument("--weights", default="structure-retrieval"); p.add_argument("--flow"); p.add_argument("--n", type=int, default=537); p.add_argument("--fit", action="store_true"); a = p.parse_args()
    g = RetrievalGenerator.from_pretrained(a.weights, flow=a.flow)
    asked = held_out(split_by_formula(load_crystals(elements=None))["val"], a.n)
    rows = [looked_at(g, s) for s in asked]
    folds = [([r for j, r in enumerate(rows) if j % 5 != k], rows[k::5]) for k in range(5)]
    w, unsure = fit(rows), np.array(doubtful(g, asked))
    out = {"compositions": len(rows), "some candidate right": float(np.mean([y.any() for _, y in rows])), "retrieval's score": float(np.mean(right(np.array([1, 0, 0]), rows))),
           "coordinates' error": float(np.mean(right(np.array([0, 1, 0]), rows))), "lattice's error": float(np.mean(right(np.array([0, 0, 1]), rows))),
           "all three (five-fold cross-validation)": float(np.mean([x for train, test in folds for x in right(fit(train), test)])), "weights": w.tolist(),
           "none is likeliest": {"compositions": len(unsure), "best type right": float(unsure[:, 0].mean()), "draw right": float(unsure[:, 1].mean()), "95%": [wilson(int(unsure[:, k].sum()), len(unsure)) for k in (0, 1)]}}
    print(json.dumps(out, indent=1))
    (Path(__file__).parent / "results/retrieval.json").write_text(json.dumps(out, indent=1) + "\n")
    if not a.fit: raise SystemExit
    f = find_weights(a.weights) / "config.json"; config = json.loads(f.read_text()); config["ranking"] = [round(float(x), 4) for x in w]; f.write_text(json.dumps(config, indent=1) + "\n")
