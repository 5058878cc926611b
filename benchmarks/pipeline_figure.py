"""Draws nbs/images/pipeline.png: one formula of the shipped model on its way to a crystal, every frame computed.

    python benchmarks/pipeline_figure.py
"""
from pathlib import Path
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import torch
from ase.visualize.plot import plot_atoms
from crysvcd.flow import load_flow, sample_flow
from crysvcd.formula import _refusal, load_formula, sample_tokens
from crysvcd.structure import CrystalNoise, atomic_numbers, crystal_seeds, to_structure
from crysvcd.training import step_generator
from crysvcd.valence import label

CELL, SEED = "Sr2Ti2O6", 3


def words(ax):
    model = load_formula("formula-ionic")
    token, count, _ = sample_tokens(model, 40, step_generator(8, 0))
    rows = [(" ".join(f"({model.species[a].pretty}, {b})" for a, b in zip(t, c) if a < model.embed.start), _refusal(model, t, c, 20)) for t, c in zip(token.tolist(), count.tolist())]
    rows = [(w, a) for w, a in rows if w.count("(") <= 3]
    good, bad = [w for w, a in rows if not isinstance(a, str)][:3], [w for w, a in rows if a == "charges don't balance"][:2]
    lines = [(good[0], True), (bad[0], False), (good[1], True), (bad[1], False), (good[2], True)]
    for i, (w, ok) in enumerate(lines):
        ax.text(0.02, 0.86 - 0.17 * i, ("✓ " if ok else "✗ ") + w, color="#0a7d5a" if ok else "#b23a48", fontsize=11, family="DejaVu Sans", transform=ax.transAxes)
    ax.set_title("Stage I: words that balance", fontsize=12, loc="left"); ax.axis("off")


def steps(axes):
    z = torch.tensor(atomic_numbers(CELL))[None]; path = []
    x, l = sample_flow(load_flow(), z, CrystalNoise(crystal_seeds(SEED, 1)), trajectory=path)
    frames = [path[0], path[50], path[80], (x, l)]
    for ax, (x, l), t in zip(axes, frames, ("noise", "t = 0.5", "t = 0.8", "crystal")):
        s = to_structure(z[0].numpy(), x[0], l[0])
        plot_atoms((s * (2, 2, 1)).to_ase_atoms(msonable=False), ax, rotation="12x,-20y", radii=0.6); ax.set_title(t, fontsize=11); ax.axis("off")


if __name__ == "__main__":
    fig = plt.figure(figsize=(13, 3.1)); grid = fig.add_gridspec(1, 5, width_ratios=[1.7, 1, 1, 1, 1], wspace=0.05)
    words(fig.add_subplot(grid[0])); steps([fig.add_subplot(grid[i]) for i in range(1, 5)])
    fig.text(0.36, 0.885, "Stage II: from noise to crystal", fontsize=12); fig.text(0.36, 0.03, f"{CELL}:  {label(CELL).ledger()}", fontsize=11)
    fig.savefig(Path(__file__).parent.parent / "nbs/images/pipeline.png", dpi=110, bbox_inches="tight")
