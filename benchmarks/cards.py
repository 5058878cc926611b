"""Writes the cards (README.md) of crysvcd/weights/* and the results of the front page (nbs/index.ipynb) from configs, learning curves and
benchmark results, so that no number is typed by hand.

    python benchmarks/cards.py && python tests/test_readme.py
"""
import json
from pathlib import Path

ROOT = Path(__file__).parent.parent
DATA = """2,464 rows of MP-20's train part, the binaries and ternaries of its val and test parts, and MPTS-52's val and test parts (Materials Project,
CC BY 4.0), {rule}; one row a material. Split by the hash of the reduced formula: 92% of formulas for training, 3% validation, 5% test (`split_by_formula`); GeC and CoSnO2 are
always in the test part."""


def formula_card(folder, config):
    curve = json.loads((folder / "curve.json").read_text()); last, kind = curve[-1], config["formula"]["kind"]
    sampled, net = json.loads((ROOT / "benchmarks/results/formulas.json").read_text())[folder.name.removeprefix("formula-")], config["formula"]
    mode, ours = net.get("mode", "paper"), net.get("ledger", False)
    about = "The counts are those of the next species, running charge and number of atoms are fed in and weighed" + (", species are read off with the vectors they are fed with." if net.get("tied") else ".") if ours else "The paper's network: next species and next count are predicted independently of each other."
    test = sampled["test"]
    return f"""# {folder.name}

An elemental language model (GPT-2: width {net['width']}, {net['layers']} layers, {net['heads']} heads) over {len(config['species'])} {kind} species and their counts. {about}

- **Data**: {DATA.format(rule="at most 20 atoms, energy above hull below 0.08 eV/atom, the 62 valid elements")} {config['materials']:,} {kind} materials, labelled in `{mode}` mode{' (the rules of the paper)' if mode == 'paper' else ''}.
- **Recipe**: {config['steps_done']:,} AdamW steps of {config['batch_size']}, learning rate {config['train']['lr']}, cosine, weight decay {config['train']['weight_decay']}, dropout {net['dropout']}, averaged weights (EMA {config['train']['ema']}); a new order of the species at every step. What each part is worth: `benchmarks/formula_recipe.py`.
- **Command**: `{config.get('command', f"crysvcd train formula --data FOLDER --kind {kind} --mode {mode} --steps {config['steps_done']}")}`
- **Time**: {config['minutes_done']} minutes on one CPU thread of a busy two-core machine.
- **Held-out loss** (validation part): {last['val_loss']:.3f} nats a token (species {last['val_species']:.3f}, count {last['val_count']:.3f}); training {last['loss']:.3f}. Test part, {test['formulas']} formulas: {test['loss']:.3f} nats a token, {test['formula']:.2f} nats a formula.
- **Sampling without constraints** (`benchmarks/formulas.py`): {sampled['accepted']:.1%} of sampled sentences are usable (balanced, no species twice, at most 20 atoms). Of {sampled['n']:,} usable ones {sampled['different']:.1%} are different, {sampled['novel']:.1%} have a reduced formula that is not in the training part.
- **Code**: trained at revision {config['revision']}
"""


def structure_card(folder, config):
    curve = json.loads((folder / "curve.json").read_text()); last, method = curve[-1], config["method"]
    results = json.loads((ROOT / "benchmarks/results/structure_prediction.json").read_text())
    rows = "\n".join(f"| {name} | {r['valid']:.1%} | {r['match']:.1%} ({100*r['match_95'][0]:.1f}–{100*r['match_95'][1]:.1f}%) | {r['rmse']:.3f} | {r['crmse']:.3f} |" for name, r in results["models"].items())
    net = config[method]["denoiser"]
    return f"""# structure-{method}

A structure model ({'flow matching' if method == 'flow' else 'the diffusion formulation of the paper'}): composition in, crystal out. Denoiser: width {net['width']}, {net['layers']} layers, pair width {net['edge_width']}.

- **Data**: {DATA.format(rule="at most 20 atoms, energy above hull below 0.08 eV/atom, all elements")} {results['note']['training crystals']:,} crystals.
- **Recipe**: {config['steps_done']:,} AdamW steps of up to {config['batch_size']} crystals of equal size, learning rate {config['train']['lr']}, cosine over the time budget, averaged weights (EMA {config['train']['ema']}).
- **Command**: `crysvcd train structure --data FOLDER --method {method} --minutes {config['train']['minutes']:g}`
- **Time**: {config['minutes_done']} minutes on one CPU thread of a busy two-core machine. {config.get('remark', '')}
- **Held-out loss** (validation part): {last['val_loss']:.3f} (coordinates {last['val_coord']:.3f}, lattice {last['val_lattice']:.3f}); training {last['loss']:.3f}.
- **Structure prediction** (`benchmarks/structure_prediction.py`): {results['note']['compositions']} held-out compositions of the test part, one sample each, StructureMatcher(stol 0.5, ltol 0.3, angle 10°):

| generator | valid | match (95%) | RMSE | cRMSE |
|---|---|---|---|---|
{rows}

Valid: every pair at least 0.5 Å apart, volume at least 0.1 Å³. The flow draws a crystal whose atoms overlap again, up to four times. cRMSE counts a miss as 0.5. A composition for which a substitution has no template counts as invalid and a miss. The split is by composition: prototypes are shared
between training and test, which is why substitution does so well.
- **Code**: trained at revision {config['revision']}
"""


def front_page():
    "What the front page says of the shipped models"
    read = lambda name: json.loads((ROOT / f"benchmarks/results/{name}.json").read_text())
    r, f, v, g, c = map(read, ("structure_prediction", "formulas", "valence_coverage", "formula_generation", "valence_comparison"))
    rows = "\n".join(f"| {name} | {m['valid']:.0%} | {m['match']:.1%} ({100*m['match_95'][0]:.0f}–{100*m['match_95'][1]:.0f}%) | {m['rmse']:.3f} |" for name, m in r["models"].items())
    chemist, paper = (next(iter(v[m].values())) for m in ("chemist", "paper"))
    study = read("formula_recipe")["ionic, paper labels"]; recipe, ours = study["paper"], study["+ ledger"]["last"]["formula"]
    fast, million = g["speed"]["ours, exact"], g["million"]
    return f"""Measured, not promised; the scripts are in `benchmarks/`, their results in `benchmarks/results/`.

**Oxidation states.** {chemist['coverage']:.1%} of {chemist['valid elements']:,} materials of the tables (at most 20 atoms, the 62 valid elements) are labelled in `chemist` mode, {paper['coverage']:.1%} by the paper's rules (the paper: 97.6%); about {round(chemist['per second'], -3):,} a second on one core, the slowest in {max(v['chemist']['slowest (ms)'].values()):.1f} ms.

**Formulas.** {million['formulas']:,} formulas over {million['seeds']} seeds and {len(million['prompts'])} prompts: {million['unbalanced or disobedient']} unbalanced, {million['rejected']} thrown away. {sum(p['formulas'] for p in g['prompts'].values()):,} formulas under {len(g['prompts'])} prompts: {sum(p['obeyed'] for p in g['prompts'].values()):,} obey. {fast['per cpu second']:,.0f} accepted formulas per core second, {fast['times end to end']:.0f} times the paper's public code end to end and {fast['times sampler']:.0f} times its sampler. Held-out loss at the paper's size, on the paper's labels: {ours:.2f} nats a formula, against {recipe['best']['formula']:.2f} for the paper's recipe at its best epoch ({recipe['last']['formula']:.2f} at its last). Without any constraint {f['ionic']['accepted']:.0%} of the model's sentences are usable (the paper's network: {f['ionic-paper']['accepted']:.0%}); {f['ionic']['novel']:.0%} of those have a reduced formula that is not in the training data.

**Structures.** {r['note']['compositions']} held-out compositions, one sample each, pymatgen's `StructureMatcher` (stol 0.5, ltol 0.3, angle 10°):

| generator | valid | right structure (95% interval) | RMSE |
|---|---|---|---|
{rows}

Element substitution into the closest known crystal is the yardstick, and the small networks shipped here, trained for an hour and a half on one CPU thread each, do not reach it yet. It needs a table of known crystals, though, and can only repeat known structure types."""


def update_front_page():
    path = ROOT / "nbs/index.ipynb"; nb = json.loads(path.read_text())
    for c in nb["cells"]:
        text = "".join(c["source"])
        if "<!-- results -->" in text:
            head, rest = text.split("<!-- results -->"); tail = rest.split("<!-- /results -->")[1]
            c["source"] = (head + "<!-- results -->\n" + front_page() + "\n<!-- /results -->" + tail).splitlines(keepends=True)
    path.write_text(json.dumps(nb, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    for folder in sorted((ROOT / "crysvcd/weights").iterdir()):
        config = json.loads((folder / "config.json").read_text())
        (folder / "README.md").write_text(formula_card(folder, config) if "formula" in config else structure_card(folder, config))
        print(folder.name)
    update_front_page()
