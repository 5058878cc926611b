"""How much the flow's say is worth in ranking structure types, on the *validation* part; the three weights of the ranking are fitted here.

    CRYSVCD_DATA=FOLDER python benchmarks/retrieval.py [--weights FOLDER] [--flow FOLDER] [--n 537]

Writes benchmarks/results/retrieval.json and puts the weights into the model's config.json. The test part is not looked at.
"""
import argparse, json
from pathlib import Path
import numpy as np
from scipy.optimize import minimize
from scipy.special import logsumexp
from crysvcd.data import load_crystals, split_by_formula
from crysvcd.metrics import held_out, match_distance
from crysvcd.retrieval import RetrievalGenerator, road_error
from crysvcd.training import find_weights


def looked_at(g, s):
    "(features (n, 3), which candidates are the crystal (n,)) of one composition"
    c, score = g.scores(s.composition)
    best = [j for j in np.argsort(-score[:-1], kind="stable")[:g.looked_at] if score[j] > -1e3]
    if not best: return np.zeros((0, 3)), np.zeros(0, bool)
    made = [g.realise(c, j) for j in best]
    return np.column_stack([score[best], -road_error(g.flow.model, made)]), np.array([np.isfinite(match_distance(m, s)) for m in made])


def loss(w, rows): return sum(logsumexp(x @ w) - logsumexp((x @ w)[y]) for x, y in rows) / len(rows) + 1e-3 * np.square(w).sum()
def fit(rows): return minimize(loss, [1.0, 0.5, 0.5], args=([r for r in rows if r[1].any()],)).x
def right(w, rows): return [bool(len(y)) and bool(y[(x @ w).argmax()]) for x, y in rows]


if __name__ == "__main__":
    p = argparse.ArgumentParser(); p.add_argument("--weights", default="structure-retrieval"); p.add_argument("--flow"); p.add_argument("--n", type=int, default=537); a = p.parse_args()
    g = RetrievalGenerator.from_pretrained(a.weights, flow=a.flow)
    rows = [looked_at(g, s) for s in held_out(split_by_formula(load_crystals(elements=None))["val"], a.n)]
    folds = [([r for j, r in enumerate(rows) if j % 5 != k], rows[k::5]) for k in range(5)]
    w = fit(rows)
    out = {"compositions": len(rows), "some candidate right": float(np.mean([y.any() for _, y in rows])), "retrieval's score": float(np.mean(right(np.array([1, 0, 0]), rows))),
           "coordinates' error": float(np.mean(right(np.array([0, 1, 0]), rows))), "lattice's error": float(np.mean(right(np.array([0, 0, 1]), rows))),
           "all three (five-fold cross-validation)": float(np.mean([x for train, test in folds for x in right(fit(train), test)])), "weights": w.tolist()}
    print(json.dumps(out, indent=1))
    (Path(__file__).parent / "results/retrieval.json").write_text(json.dumps(out, indent=1) + "\n")
    f = find_weights(a.weights) / "config.json"; config = json.loads(f.read_text()); config["ranking"] = [round(float(x), 4) for x in w]; f.write_text(json.dumps(config, indent=1) + "\n")
