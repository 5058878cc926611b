"""Writes the cards (README.md) of crysvcd/weights/* and the results of the front page (nbs/index.ipynb) from configs, learning curves and
benchmark results, so that no number is typed by hand.

    python benchmarks/cards.py && python tests/test_readme.py
"""
import json
from pathlib import Path
import numpy as np
import pandas as pd
from scipy.stats import mannwhitneyu
from crysvcd.metrics import wilson
from crysvcd.novelty import shares, truth, weighted_share

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


def prediction_rows(results):
    return "\n".join(f"| {name} | {m['1']['n']} | {m['valid']:.1%} | {m['1']['match']:.1%} ({100*m['1']['match_95'][0]:.1f}–{100*m['1']['match_95'][1]:.1f}%) | {m['1']['rmse']:.3f} | {m['1']['crmse']:.3f} | " + (f"{m['20']['match']:.1%}" if "20" in m else "") + " |" for name, m in results["models"].items())


PREDICTION = """| generator | compositions | valid | right (95%) | RMSE | cRMSE | right at 20 |
|---|---|---|---|---|---|---|
"""


def retrieval_card(folder, config):
    curve = json.loads((folder / "curve.json").read_text()); last, net = curve[-1], config["retrieval"]
    results = json.loads((ROOT / "benchmarks/results/structure_prediction.json").read_text()); worth = json.loads((ROOT / "benchmarks/results/retrieval.json").read_text())
    return f"""# structure-retrieval

Chooses a structure type of `crysvcd/tables/prototypes.npz` for a composition, with probabilities; where none fits, `{config['flow']}` draws. Slot features {net['width']}, {net['layers']} layers, chemical space of {net['key_width']} dimensions, a memory of {config['members']:,} members as points of that space.

- **Data**: {DATA.format(rule="at most 20 atoms, energy above hull below 0.08 eV/atom, all elements")} The library of structure types is made from the training part alone.
- **Recipe**: {config['steps_done']:,} AdamW steps of {config['batch_size']} compositions with all members of their own formula hidden, learning rate {config['train']['lr']}, weight decay {config['train']['weight_decay']}, cosine, averaged weights (EMA {config['train']['ema']}).
- **Command**: `CRYSVCD_DATA=FOLDER python benchmarks/prototypes.py --steps {config['steps_done']}`, then `python benchmarks/retrieval.py --fit` for the three weights of the ranking.
- **Time**: {config['minutes_done']} minutes on one CPU thread of a busy two-core machine, after sorting crystals into types (nine).
- **Held-out questions** (formulas of the training part kept for the curve): first answer exactly the right type {last['val_right']:.1%}, cross entropy {last['val_loss']:.3f}; training {last['right']:.1%}, {last['loss']:.3f}.
- **Ranking** (validation part, {worth['compositions']} compositions, first answer right): retrieval's score alone {worth["retrieval's score"]:.1%}, flow's coordinates' error alone {worth["coordinates' error"]:.1%}, its lattice's error alone {worth["lattice's error"]:.1%}, all three {worth['all three (five-fold cross-validation)']:.1%} (five-fold cross-validation).
- **Structure prediction** (`benchmarks/structure_prediction.py`), held-out compositions of the test part, StructureMatcher(stol 0.5, ltol 0.3, angle 10°):

{PREDICTION}{prediction_rows(results)}

- **Code**: trained at revision {config['revision']}
"""


def structure_card(folder, config):
    curve = json.loads((folder / "curve.json").read_text()); last, method = curve[-1], config["method"]
    results = json.loads((ROOT / "benchmarks/results/structure_prediction.json").read_text())
    rows = prediction_rows(results)
    net = config[method]["denoiser"]
    return f"""# structure-{method}

A structure model ({'flow matching' if method == 'flow' else 'the diffusion formulation of the paper'}): composition in, crystal out. Denoiser: width {net['width']}, {net['layers']} layers, pair width {net['edge_width']}.

- **Data**: {DATA.format(rule="at most 20 atoms, energy above hull below 0.08 eV/atom, all elements")} {results['note']['training crystals']:,} crystals.
- **Recipe**: {config['steps_done']:,} AdamW steps of up to {config['batch_size']} crystals of equal size, learning rate {config['train']['lr']}, cosine over the time budget, averaged weights (EMA {config['train']['ema']}).
- **Command**: `{config.get('command', f"crysvcd train structure --data FOLDER --method {method} --minutes {config['train']['minutes']:g}")}`
- **Time**: {config['minutes_done']} minutes on one CPU thread of a busy two-core machine. {config.get('remark', '')}
- **Held-out loss** (validation part): {last['val_loss']:.3f} (coordinates {last['val_coord']:.3f}, lattice {last['val_lattice']:.3f}); training {last['loss']:.3f}.
- **Structure prediction** (`benchmarks/structure_prediction.py`): held-out compositions of the test part, StructureMatcher(stol 0.5, ltol 0.3, angle 10°):

{PREDICTION}{rows}

Valid: every pair at least 0.5 Å apart, volume at least 0.1 Å³. The flow draws a crystal whose atoms overlap again, up to four times; the diffusion was sampled as the paper does, with 1,999 evaluations. cRMSE counts a miss as 0.5. A composition for which a substitution has no template counts as invalid and a miss. The split is by composition: prototypes are shared
between training and test, which is why substitution does so well.
- **Code**: trained at revision {config['revision']}
"""


def campaign():
    t = pd.read_csv(ROOT / "benchmarks/results/campaign.csv.gz", keep_default_na=False, na_values=[""])
    arms = {"base": t[t.arm == "base"], "unconditional": t[t.arm == "unconditional"], "conditional": t[(t.arm == "conditional") & (t["round"] == 1)], "second round": t[(t.arm == "conditional") & (t["round"] == 2)]}
    return arms | {f"{name}, doubt ≤ 0.5": arms[name][arms[name].doubt <= 0.5] for name in ("base", "conditional")}


def at_most(t, pot, limit=0.1):
    x = t[pot]; k = int((x <= limit).sum()); low, high = wilson(k, len(x)) # what did not relax counts as unstable
    return f"{k / len(x):.0%} ({100 * low:.0f}–{100 * high:.0f}%)"


def stable_card(folder, config):
    arms = campaign(); judges = [j for j in ("chgnet", "nequix") if arms["conditional"][j].notna().any()]; about = json.loads((ROOT / "benchmarks/results/campaign.json").read_text())
    rows = "\n".join(f"| {name} | {j} | {len(t)} | {at_most(t, j)} | {at_most(t, j, 0)} | {at_most(t[t.novel.eq(True)], j)} |" for j in judges for name, t in arms.items() if t[j].notna().any() and name != "second round")
    kind = "formula model" if "formula" in config else "structure model (retrieval)"
    return f"""# {folder.name}

The {kind} `{config['start']}` after a campaign: it has learned `e_above_hull`, in eV/atom, and is meant to be asked for it (`crysvcd generate --stable`, `crysvcd.stable()`), with `{config['start']}` as prior.

- **Data**: {config['labels']:,} labelled examples. {"Training materials (energy above hull of the Materials Project), the ionic formulas that the shipped hull knows (at most five elements and 20 atoms), and" if "formula" in config else "Structure types of"} crystals of the campaign's earlier rounds, judged by CHGNet (relaxed to 0.05 eV/Å, against the shipped hull){f", repeated to a share of {about['round 1']['config']['share']:g}" if "formula" in config else ""}. Labels above 0.5 eV/atom count as 0.5.
- **Recipe**: {config['steps_done']:,} AdamW steps of {config['batch_size']}, learning rate {config['train']['lr']}, cosine, averaged weights (EMA {config['train']['ema']}), a quarter of the examples not told the label; everything else as in `{config['start']}`.
- **Command**: `{config.get('command')}`
- **Time**: {config['minutes_done']} minutes on one CPU thread of a busy two-core machine.
- **Worth**: crystals of both models together, asked for at most 0.05 eV/atom with weight {about['round 1']['config']['weight']:g}; by the potential that taught them (chgnet) and one that did not (nequix-oam-1). [stability_study](../../../nbs/34_stability_study.ipynb) tells the rest.

| models | judge | crystals | at most 0.1 eV/atom (95%) | at most 0 | at most 0.1, novel crystals alone |
|---|---|---|---|---|---|
{rows}

- **Code**: trained at revision {config['revision']}
"""


def dielectric_card(folder, config):
    d = json.loads((ROOT / "benchmarks/results/dielectric.json").read_text()); e, gap = d["errors"], config["gap"]; say = lambda x: f"{x[0]:.3f} ({x[1]:.3f}–{x[2]:.3f})"
    rows = "\n".join(f"| {k} | {say(v['log10_eps_total'])} | {say(v['log10_eps_electronic'])} | {say(v['n'])} |" for k, v in e.items()); inside = d["inside the 90% interval"]
    return f"""# dielectric

Dielectric tensors (`Surrogate.from_pretrained()`): Gaussian processes for the means of ε∞ and ε0, with the springs of {config['potential']} and without; {config['network']['members']} equivariant networks (e3nn) for the tensors' shape; a Gaussian process for the gap.

- **Data**: {config['crystals']} crystals of Petousis et al., *High-throughput screening of inorganic compounds for the discovery of novel dielectric and optical materials*, Sci. Data 4, 160134 (2017), CC BY 4.0 (PBE(+U), perturbation theory); CoSnO2 left out. For the gap {gap['learned']:,} crystals, these and others of MP-20 and MPTS-52 (Materials Project, CC BY 4.0). What is kept of them are numbers computed from their composition and structure, and the values learned.
- **Recipe**: networks {config['steps_done']:,} AdamW steps of 32 crystals, {config['minutes_done']:.0f} minutes on one CPU thread of a busy two-core machine; Gaussian processes, which learn 1/√ε, by maximum likelihood.
- **Command**: `CRYSVCD_DATA=FOLDER python benchmarks/dielectric.py springs train`
- **Test** ({d['crystals']['test']} crystals of other compositions), mean absolute errors (95%):

| | log10 ε0 | log10 ε∞ | refractive index |
|---|---|---|---|
{rows}

- **90% intervals** hold {inside['total']:.0%} of ε0 and {inside['electronic']:.0%} of ε∞ ({inside['without springs, total']:.0%} and {inside['without springs, electronic']:.0%} without springs).
- **Gap**: mean absolute error {gap['error']:.2f} eV on {gap['tested']} crystals of MP-20 and MPTS-52 of other compositions, {gap['error of these']:.2f} eV on the {gap['insulators of the dielectric table tested']} insulators of the test; {gap['metals known as such (below 0.3 eV)']:.0%} of metals are given less than 0.3 eV, {gap['insulators known as such']:.0%} of crystals with more than 0.5 eV are given more than 0.3 eV.
- Knows nothing of metals, and of crystals that are unstable at the zone's centre.
- **Code**: trained at revision {config['revision']}
"""


def front_page():
    "What the front page says of the shipped models"
    read = lambda name: json.loads((ROOT / f"benchmarks/results/{name}.json").read_text())
    r, f, v, g, c = map(read, ("structure_prediction", "formulas", "valence_coverage", "formula_generation", "valence_comparison"))
    rows = "\n".join(f"| {name} | {m['1']['n']} | {m['valid']:.1%} | {m['1']['match']:.1%} ({100*m['1']['match_95'][0]:.0f}–{100*m['1']['match_95'][1]:.0f}%) | {m['1']['rmse']:.3f} | " + (f"{m['10']['match']:.1%}" if "10" in m else "") + " |" for name, m in r["models"].items())
    chemist, paper = (next(iter(v[m].values())) for m in ("chemist", "paper"))
    paper_all = v["paper"]["all rows, up to 52 atoms"]
    study = read("formula_recipe")["ionic, paper labels"]; recipe, ours = study["paper"], study["+ ledger"]["last"]["formula"]
    v1000 = read("validity")["structure-retrieval"]
    fast, million = g["speed"]["ours, exact"], g["million"]
    return f"""Measured, not promised; the scripts are in `benchmarks/`, their results in `benchmarks/results/`.

**Oxidation states.** {chemist['coverage']:.1%} of {chemist['valid elements']:,} materials of the tables (at most 20 atoms, the 62 valid elements) are labelled in `chemist` mode, {paper['coverage']:.1%} by the paper's rules (the paper: 97.6%); about {round(chemist['per second'], -3):,} a second on one core, the slowest in {max(v['chemist']['slowest (ms)'].values()):.1f} ms.

**Formulas.** {million['formulas']:,} formulas over {million['seeds']} seeds and {len(million['prompts'])} prompts: {million['unbalanced or disobedient']} unbalanced, {million['rejected']} thrown away. {sum(p['formulas'] for p in g['prompts'].values()):,} formulas under {len(g['prompts'])} prompts: {sum(p['obeyed'] for p in g['prompts'].values()):,} obey. {fast['per cpu second']:,.0f} accepted formulas per core second, {fast['times end to end']:.0f} times the paper's public code end to end and {fast['times sampler']:.0f} times its sampler. Held-out loss at the paper's size, on the paper's labels: {ours:.2f} nats a formula, against {recipe['best']['formula']:.2f} for the paper's recipe at its best epoch ({recipe['last']['formula']:.2f} at its last). Without any constraint {f['ionic']['accepted']:.0%} of the model's sentences are usable (the paper's network: {f['ionic-paper']['accepted']:.0%}); {f['ionic']['novel']:.0%} of those have a reduced formula that is not in the training data.

**Structures.** Held-out compositions, one candidate and ten, pymatgen's `StructureMatcher` (stol 0.5, ltol 0.3, angle 10°):

| generator | compositions | valid | right (95% interval) | RMSE | right at 10 |
|---|---|---|---|---|---|
{rows}

*Retrieval*, the default, chooses among the structure types of a library that ships with the package, and lets the flow draw where none fits; substitution into the closest known crystal, the yardstick, needs a table of known crystals at hand. *Flow* and *diffusion* start from noise; the diffusion was sampled with the paper's 1,999 evaluations, not with its default of 100. Their budgets are on their cards; [structure_study](./20_structure_study.ipynb) tells how success falls with distance from what is known. Of {v1000['n']:,} crystals generated by default {v1000['valid']:.1%} are valid (atoms at least 0.5 Å apart) and {v1000['strict']:.1%} obey LeMat-GenBench's stricter distance rule, at {v1000['cpu_seconds a crystal, formulas included']:.2f} CPU seconds each, formulas included.

{judging(read("stability"), read("hull"))}

{crystals(pd.read_csv(ROOT / "benchmarks/results/evaluation-nequix-oam-1.csv"), paper_all["materials"])}

{asked(campaign(), read("campaign"))}

{heat(pd.read_csv(ROOT / "benchmarks/results/conductivity.csv"), {k: pd.read_csv(ROOT / f"benchmarks/results/heat_made_{k}.csv") for k in ("plain", "asked", "plain3", "asked3-2")}, read("heat_best3"), read("heat_gec"), pd.read_csv(ROOT / "benchmarks/results/conductivity_published.csv", index_col="material"))}

{dielectrics(read("dielectric"), pd.read_csv(ROOT / "benchmarks/results/dielectric_campaign.csv"))}

{first_principles(read("dft"), read("dielectric_found"))}"""


def judging(stability, hull):
    "What the front page says of energies above hull"
    best = lambda p: p["scores"]["the Materials Project's hull"]
    each = ", ".join(f"{1000 * best(p)['mae']:.0f} by {n} (recall of “at most 0.1 eV/atom” {best(p)['recall']['share']:.0%}, precision {best(p)['precision']['share']:.0%})" for n, p in stability["potentials"].items())
    return f"""**Energy above hull.** {best(stability['potentials']['chgnet'])['n']} materials of the tables at their DFT structure, mean absolute error in meV/atom against the Materials Project's value: {each}. The shipped hull's own error, one known point hidden at a time: {hull['converted']['mae']:.1f} meV/atom. [judge_study](./30_judge_study.ipynb) shows each."""

def crystals(table, known):
    "What the front page says of the first two hundred crystals"
    s = shares(table).set_index("share of"); said = lambda k: f"{s.share[k]:.0%} ({100 * s.low[k]:.0f}–{100 * s.high[k]:.0f}%)"
    return f"""**Crystals, judged.** `crysvcd generate {len(table)}`, relaxed by nequix-oam-1: {said('metastable')} at most 0.1 eV/atom above the hull, {said('stable')} on it, {said('unique')} unique, {said('novel')} novel (neither one of {known:,} known crystals nor of a formula that the hull knows); {said('S.U.N.')} are stable, unique and novel (S.U.N.), {said('MetaS.U.N.')} metastable, unique and novel (MetaS.U.N.).{phonons(table, s, said) if "phonon-stable" in s.index else ""} A potential's verdicts, not DFT's. [judge_study](./30_judge_study.ipynb) tells the rest, and [here they are](./judged_crystals.html) in 3-D."""


def phonons(table, s, said):
    "Not all were asked, and those that were lie nearer the hull: the share as it is, and weighted by distance from the hull"
    answers = truth(table, "phonon_stable"); near, asked = table.e_above_hull <= 0.1, np.array([x is not None for x in answers])
    share, low, high = weighted_share(answers, np.searchsorted([0.03, 0.1, 0.2], table.e_above_hull))
    return f""" Of the {s['of']['phonon-stable']} whose phonons were computed {said('phonon-stable')} are phonon-stable; but {near[asked].mean():.0%} of these lie at most 0.1 eV/atom above the hull, {near[~asked].mean():.0%} of the others, and weighted by that distance it is {share:.0%} ({100 * low:.0f}–{100 * high:.0f}%) of all."""


def asked(arms, about):
    "What the front page says of stable crystals"
    last, first, sure = arms["conditional"], arms["base"], arms["second round"]; names = {"chgnet": "CHGNet, which had taught them", "nequix": "nequix-oam-1, which had not"}
    each = lambda a, b: "; ".join(f"{at_most(a, j)} by {names[j]} (unasked: {at_most(b, j)})" for j in names)
    share, heavy = lambda t, c: f"{t[c].eq(True).mean():.0%}", lambda t: t.formula.str.contains("Cs|Rb").mean()
    short = lambda a: " and ".join(at_most(a, j) for j in names)
    stands = lambda t, doubt=1: (lambda k, n: f"{k / n:.0%} ({100 * wilson(k, n)[0]:.0f}–{100 * wilson(k, n)[1]:.0f}%)")(int((x := t[t.status == "converged"].head(300)[lambda d: d.doubt <= doubt].phonon_stable.eq(True)).sum()), len(x))
    return f"""**Asked for stability.** `crysvcd generate --stable`: after a campaign in which the models learned from their own crystals and CHGNet's verdicts on them, {len(last)} crystals were asked for at most 0.05 eV/atom with guidance weight {about['round 1']['config']['weight']:g}: at most 0.1 eV/atom above the hull are {each(last, first)}. Of the novel ones alone, by CHGNet, {at_most(last[last.novel.eq(True)], 'chgnet')} (unasked: {at_most(first[first.novel.eq(True)], 'chgnet')}), so the models do not just repeat what they were taught. The price: {share(last, 'unique')} are unique (unasked: {share(first, 'unique')}) and {share(last, 'novel')} novel ({share(first, 'novel')}), and {heavy(last):.0%} contain Cs or Rb ({heavy(first):.0%}).
With `--max-doubt 0.5`, formulas that no known structure type fits are passed over: {short(arms['conditional, doubt ≤ 0.5'])} of what is left are at most 0.1 eV/atom above the hull by the two (unasked: {short(arms['base, doubt ≤ 0.5'])}), {share(arms['conditional, doubt ≤ 0.5'], 'novel')} are novel. A second round, of {len(sure)} such crystals: {short(sure)}; of its first 300 {stands(sure)} are phonon-stable by nequix-oam-1-pft (round 0, unasked: {stands(first)}; of those with a doubt of at most 0.5 {stands(first, 0.5)}). [stability_study](./34_stability_study.ipynb) has the curves, the control and the drift."""


def heat(t, arms, best, gec, published):
    "What the front page says of thermal conductivity"
    error = lambda t: (2 * (t.kappa - t.dft).abs() / (t.kappa + t.dft)).where(t.status == "computed", 2.0); fast, full, pure = (t[t.tier == k] for k in ("cheap", "full", "cheap, pure")); e, both = error(fast), fast[fast.material.isin(full.material)]
    same = published.loc[full.material]; theirs = lambda k: f"{(2 * (k - same.dft_no_nac).abs() / (k + same.dft_no_nac)).fillna(2).mean():.2f}"
    carry = lambda t: t[t.status == "computed"]; share = lambda t: f"{(carry(t).kappa >= 100).mean():.0%} of {len(carry(t))}"; plain, asked = arms["plain"], arms["asked"].head(len(arms["plain"])) # how many are different depends on how many there are
    new = lambda t: carry(t)[lambda t: t.novel.astype(str).isin(("True", "1.0"))].kappa; p = mannwhitneyu(new(arms["asked3-2"]), new(arms["plain3"]), alternative="greater").pvalue; say = lambda k: f"median {new(arms[k]).median():.1f} W/m/K ({len(new(arms[k]))})"
    kappa = lambda b, way: b.get(way, {}).get("kappa") or 0; good = sorted((b for b in best if kappa(b, "pure") >= 100), key=lambda b: -kappa(b, "pure")); named = "; ".join(f"{b['formula']} {b['spacegroup'].split()[0]}, {kappa(b, 'pure'):.0f} W/m/K" + (f", natural {kappa(b, 'natural'):.0f}" if kappa(b, "natural") else "") + f", {b['e_above_hull']:.3f} eV/atom" for b in good); z, solved = gec["zinc blende"], lambda x: (x["direct"] or x)["kappa"]
    return f"""**Heat.** `conductivity(crystal, **SCREENING)` by nequix-oam-1-pft against DFT, for {len(fast)} binaries of phononDB from {fast.dft.min():.1f} to {fast.dft.max():,.0f} W/m/K at 300 K: symmetric relative error {e.mean():.2f} in the mean, {e.median():.2f} in the median, {((fast.kappa / fast.dft).between(0.5, 2)).mean():.0%} within a factor of two, rank correlation {fast[['kappa', 'dft']].corr('spearman').iloc[0, 1]:.3f}, {pure.seconds.median():.0f} CPU seconds for the median crystal. For {len(full)} of them with the reference's supercells and all displacements: {error(full).mean():.2f} (`SCREENING` on the same: {error(both).mean():.2f}). Against the DFT reference that no potential's missing long-range field counts in, on the same crystals: {theirs(full.set_index("material").kappa)}, MatterSim v1 5M {theirs(same["MatterSim v1 5M"])}, MACE-MP-0 {theirs(same["MACE-MP-0"])} (published by Matbench Discovery). Scattering by the natural mixture of isotopes and coherences are included; without them the first look's error is {error(pure).mean():.2f}.
Models asked for at least 100 W/m/K, stability and a place near the hull: of the phonon-stable binaries among the first {len(plain)} that they make {share(asked)} have it by a first look (isotopically pure), unasked {share(plain)}; but these are known. New ternaries, after the models had learned from first looks at their own: {say('asked3-2')}, unasked {say('plain3')}, p = {p:.1g}. Asked for ternaries of the elements of the best binaries, they found {len(good)} new crystals of at least 100 W/m/K in a finer calculation (isotopically pure: {named} above the hull). Germanium carbide, kept out of all data: zinc blende is the first prediction, isotopically pure {z['pure']['kappa']:.0f} W/m/K, and {solved(z['pure']):,.0f} when the Boltzmann equation is solved directly (literature about 1,600, a fifth more than what it has for 2H); of the natural mixture {solved(z['natural']):,.0f}. [heat_study](./37_heat_study.ipynb) has the figures."""


def dielectrics(d, made):
    "What the front page says of permittivities"
    share, different = lambda t: f"{(t.log10_eps >= 1.4).mean():.0%}", lambda t: t[t["unique"].astype(str) == "True"]
    both = lambda t: int(((t.log10_eps >= 1.4) & (t.gap >= 0.5) & (t.e_above_hull <= 0.1) & (t["unique"].astype(str) == "True")).sum())
    say, inside = lambda k, m="log10_eps_total": f"{d['errors'][k][m][0]:.3f} ({d['errors'][k][m][1]:.3f}–{d['errors'][k][m][2]:.3f})", d["inside the 90% interval"]
    return f"""**Permittivities.** `Surrogate.from_pretrained().predict(crystal)` on {d['crystals']['test']} crystals of compositions that it has not seen (the potential may have), against perturbation theory: mean absolute error of log10 ε0 {say('surrogate')}, without a potential's springs {say('surrogate without springs')}; a random forest on compositions {say('random forest, composition')}, on structures too {say('random forest, structure too')}, and on the springs as well {say('random forest, springs too')}. Refractive index {say('surrogate', 'n')}, the best forest {say('random forest, springs too', 'n')}. Its 90% intervals hold {inside['total']:.0%} of ε0 and {inside['electronic']:.0%} of ε∞. [surrogate](./39_surrogate.ipynb) has the rest. Models asked for log10 ε0 ≥ 1.4, a gap and a place near the hull: {share(made[made.weight == 1])} of their crystals have that permittivity by the surrogate, unasked {share(made[made["round"] == 0])}; of the different ones alone {share(different(made[made.weight == 1]))} and {share(different(made[made["round"] == 0]))}. The price: fewer have a gap, lie near the hull or are new, and as different crystals that have all three there are {both(made[made.weight == 1])} instead of {both(made[made["round"] == 0])} ([dielectric_study](./42_dielectric_study.ipynb))."""


def first_principles(d, found):
    "What the front page says of density-functional theory"
    one_of = lambda t: sum(t[i][i] for i in range(3)) / 3; one = lambda k, e: one_of(d[k][e]); said = next(r for r in found if r["formula"] == "LiYTe2"); a = lambda k: (4 * d[k]["volume"] / (d[k]["n_atoms"] / 2)) ** (1 / 3)
    return f"""**First principles.** `dft(crystal)` by {d['MgO']['code']} (PBE, GPAW's data sets): MgO a = {a('MgO'):.3f} Å (others: 4.257), ε∞ {one('MgO', 'eps_electronic'):.2f}, ε0 {one('MgO', 'eps_total'):.2f} (measured: 2.96, 9.8); Si a = {a('Si'):.3f} Å (5.469), ε∞ {one('Si', 'eps_electronic'):.1f} (11.7); {d['MgO']['seconds'] / 60:.0f} and {d['Si']['seconds'] / 60:.0f} CPU minutes, relaxation and perturbation theory. LiYTe₂, which the campaign for permittivity found: ε0 {one('LiYTe2', 'eps_total'):.1f}, where the surrogate says {one_of(said['eps_total']):.0f} ({said['interval'][0]:.0f}–{said['interval'][1]:.0f}). [dft](./40_dft.ipynb) has more crystals and others' numbers; [vasp](./41_vasp.ipynb) hands the same questions to VASP."""


def update_front_page():
    path = ROOT / "nbs/index.ipynb"; nb = json.loads(path.read_text())
    for c in nb["cells"]:
        text = "".join(c["source"])
        if "<!-- results -->" in text:
            head, rest = text.split("<!-- results -->"); tail = rest.split("<!-- /results -->")[1]
            c["source"] = (head + "<!-- results -->\n" + front_page() + "\n<!-- /results -->" + tail).splitlines(keepends=True)
    path.write_text(json.dumps(nb, indent=1, ensure_ascii=False) + "\n")


def card(folder):
    "The card of one folder of weights"
    config = json.loads((folder / "config.json").read_text())
    if config.get("method") == "dielectric": return dielectric_card(folder, config)
    if "properties" in config: return stable_card(folder, config)
    return formula_card(folder, config) if "formula" in config else retrieval_card(folder, config) if "retrieval" in config else structure_card(folder, config)


if __name__ == "__main__":
    for folder in sorted((ROOT / "crysvcd/weights").iterdir()): (folder / "README.md").write_text(card(folder)); print(folder.name)
    update_front_page()
