"""What the structure model costs: every step from the plain network to the fast one, a guided step, a crystal, training; CPU seconds, FLOP, memory.

    CRYSVCD_DATA=FOLDER OMP_NUM_THREADS=1 python benchmarks/performance.py [rate] [ladder] [guided] [crystal] [batches] [sizes] [training]

Writes benchmarks/results/performance.json, which notebook 11_denoiser shows. Times are CPU seconds of one thread, medians over interleaved repeats.
"""
import ctypes, json, platform, statistics, sys, time
from functools import partial
from pathlib import Path
import numpy as np
import torch
from torch.nn.functional import linear
from torch.utils.flop_counter import FlopCounterMode
import crysvcd.denoiser as denoiser
from crysvcd.denoiser import Denoiser, DenoiserConfig, in_blocks, plain_features, reference
from crysvcd.data import load_crystals, split_by_formula
from crysvcd.diffusion import DiffusionGenerator, load_diffusion
from crysvcd.flow import FlowConfig, FlowGenerator, FlowModel, load_flow
from crysvcd.metrics import held_out
from crysvcd.retrieval import RetrievalGenerator
from crysvcd.structure import atomic_numbers, crystal_seeds, size_batches

OUT = Path(__file__).parent / "results" / "performance.json"
MIX = {4: 0.22, 8: 0.23, 12: 0.30, 18: 0.25} # atoms: share of MP-20 with up to 5, 9, 15, 20 atoms; mean N 10.8, mean N² 142
NETWORKS = {"paper": DenoiserConfig.paper(), "ours": DenoiserConfig(), "ours, pairs learn": DenoiserConfig(edge_update=True)}
PAIRS = 20_000 # in a batch of the sampler (`size_batches`)


def network(cfg, seed=0):
    "A network with random weights; the edge head starts at zero, so it gets some, too"
    torch.manual_seed(seed); net = Denoiser(cfg).eval()
    if cfg.head == "edge": torch.nn.init.normal_(net.move.out.weight, std=0.05)
    return net


def batch(n, size, seed=0):
    g = torch.Generator().manual_seed(seed); rand = partial(torch.rand, generator=g)
    lattice = (15.0 * n) ** (1 / 3) * torch.eye(3) + 0.3 * torch.randn(size, 3, 3, generator=g)
    return torch.randint(1, 90, (size, n), generator=g), rand(size, n, 3), lattice, rand(size)


def interleaved(functions: dict, repeats=5) -> dict:
    "Median CPU seconds of each, taken in turns"
    times = {k: [] for k in functions}
    for i in range(repeats + 1):
        for k, f in functions.items():
            t = time.thread_time(); f(); dt = time.thread_time() - t
            if i: times[k].append(dt) # the first round warms up
    return {k: statistics.median(v) for k, v in times.items()}


def flop(f) -> int:
    with FlopCounterMode(display=False) as c: f()
    return c.get_total_flops()


def memory(f) -> float:
    "MB that f needs at most beyond what was there (Linux: the kernel's own high-water mark, set back first)"
    ctypes.CDLL("libc.so.6").malloc_trim(0)
    status = lambda k: int(next(l for l in open("/proc/self/status") if l.startswith(k)).split()[1]) / 1024
    Path("/proc/self/clear_refs").write_text("5"); before = status("VmRSS"); f()
    return status("VmHWM") - before


def halfway(model, z, frac, lattice, t, once=True):
    "First linear map split into atoms and pairs; raw features computed in every layer or once"
    h, cfg = model.atoms(z, t), model.cfg
    raw, sine, directions = plain_features(cfg, frac, lattice); e = model.pair(raw)
    for layer in model.layers:
        if not (once or cfg.edge_width): e = plain_features(cfg, frac, lattice)[0]
        h, m = layer(h, layer.e(e))
        if cfg.edge_update: e = e + layer.pair(m)
    h = model.norm(h); cell = model.cell(h.mean(1)).view(-1, 3, 3)
    if cfg.head == "node": return model.move(h), cell
    vectors = torch.cat([directions @ denoiser.damped_inverse(lattice)[:, None, None], sine[..., :4, :] / h.shape[1]], -2)
    return model.move(h, model.move.e(e), vectors), cell


def clamped_radial(*args, plain=denoiser.radial_features):
    "`radial_features` whose exponentials stop at e⁻⁸⁰, for the reference: how much of the ratio is that alone?"
    exp = torch.exp; torch.exp = lambda x: exp(x.clamp(min=-80))
    try: return plain(*args)
    finally: torch.exp = exp


def without_underflow(f):
    def run(*args):
        denoiser.radial_features = clamped_radial
        try: return f(*args)
        finally: denoiser.radial_features = clamped_radial.__kwdefaults__["plain"]
    return run


@torch.no_grad()
def rate() -> dict:
    "GFLOP/s of matrix products of the networks' shapes and of a large square: the best is the machine's rate"
    out = {}
    for rows, k, n in ((4096, 512, 512), (4096, 1801, 512), (4096, 96, 96), (512, 512, 512), (2048, 2048, 2048)):
        x, w = torch.randn(rows, k), torch.randn(n, k)
        out[f"{rows} × {k} × {n}"] = 2e-9 * rows * k * n / interleaved({"": lambda: linear(x, w)}, 21)[""]
    return {"GFLOP/s": out, "best": max(out.values())}


def weighted(rows: dict) -> dict:
    "Per crystal, over MP-20's sizes"
    return {k: sum(MIX[n] * rows[n][k] for n in rows) for k in rows[next(iter(rows))]}


@torch.no_grad()
def ladder() -> dict:
    "CPU seconds of one evaluation per crystal, from plain to fast"
    out = {}
    for name, cfg in NETWORKS.items():
        net = network(cfg); raw = not cfg.edge_width
        steps = {"reference": reference, "first map split": partial(halfway, once=not raw), "geometry once": halfway if raw else None,
                 "each pair once": lambda m, *a: m.look(*a, None, None, None), "in blocks": lambda m, *a: m(*a), "reference without underflow": None if raw else without_underflow(reference)}
        steps = {k: f for k, f in steps.items() if f}
        for label, pairs in {"sampler's batches": PAIRS, "small batches": 1000}.items():
            rows = {}
            for n in MIX:
                size = max(1, pairs // n**2); b = batch(n, size)
                rows[n] = {k: v / size for k, v in interleaved({k: partial(f, net, *b) for k, f in steps.items()}).items()}
            s = weighted(rows)
            out.setdefault(name, {})[label] = {"seconds": s, "ratio": {k: s["reference"] / v for k, v in s.items()}, "seconds by atoms": rows}
            print(name, label, {k: round(v, 2) for k, v in out[name][label]["ratio"].items()}, flush=True)
        f = weighted({n: {"reference": flop(lambda: reference(net, *batch(n, 1))), "fast": flop(lambda: net(*batch(n, 1)))} for n in MIX})
        out[name]["FLOP"] = f | {"ratio": f["reference"] / f["fast"]}
        b = batch(12, 8); d = [x.double() if x.is_floating_point() else x for x in b]; difference = lambda m, b: max(float((x - y).abs().max()) for x, y in zip(reference(m, *b), m(*b)))
        out[name]["largest difference"] = {"float32": difference(net, b), "float64": difference(net.double(), d)}
    return out


def guided_step(net, z, frac, lattice, t, condition, w=2.0):
    "What one predictor–corrector step asks of the network: conditional and unconditional answers at one point"
    def block(z, frac, lattice, t, condition):
        g = net.geometry(frac, lattice)
        return tuple((1 + w) * a - w * b for a, b in zip(net(z, frac, lattice, t, None, condition, g), net(z, frac, lattice, t, None, None, g)))
    return in_blocks(block, z, frac, lattice, t, condition)


def plain_guided_step(net, *b, w=2.0):
    "The same as the paper's public code does it: predictor and corrector each ask with and without the condition (adding it costs nothing)"
    for _ in range(2): answer = tuple((1 + w) * x - w * y for x, y in zip(reference(net, *b), reference(net, *b)))
    return answer


@torch.no_grad()
def guided() -> dict:
    "CPU seconds of one guided step per crystal"
    out = {}
    for name, cfg in NETWORKS.items():
        net = network(cfg)
        for label, pairs in {"sampler's batches": PAIRS, "small batches": 1000}.items():
            rows = {}
            for n in MIX:
                size = max(1, pairs // n**2); b = batch(n, size); c = torch.randn(size, cfg.width)
                rows[n] = {k: v / size for k, v in interleaved({"public code's four evaluations": partial(plain_guided_step, net, *b), "shared geometry, two evaluations": partial(guided_step, net, *b, c)}, 3).items()}
            s = weighted(rows); a, b = s.values()
            out.setdefault(name, {})[label] = {"seconds": s, "ratio": a / b}
            print(name, label, round(a / b, 2), flush=True)
    return out


def plain_evaluation(net, numbers):
    "One plain evaluation for every crystal, in the sampler's batches"
    for group in size_batches([len(z) for z in numbers]): reference(net, torch.tensor(np.stack([numbers[i] for i in group])), *batch(len(numbers[group[0]]), len(group))[1:])


@torch.no_grad()
def crystal(ask=100) -> dict:
    """One crystal as the default samplers make it, against 4,000 plain evaluations of the same network: for held-out compositions, from the shipped
    weights, repeated draws and all"""
    out, cells = {}, [s.composition for s in held_out(split_by_formula(load_crystals(elements=None))["test"], ask)]
    numbers, seeds = [atomic_numbers(c) for c in cells], crystal_seeds(0, len(cells))
    made = {"structure-flow": (FlowGenerator.from_pretrained(), lambda g: g.model), "structure-diffusion": (DiffusionGenerator.from_pretrained(), lambda g: load_diffusion()),
            "structure-retrieval": (RetrievalGenerator.from_pretrained(), lambda g: g.flow.model)}
    for name, (g, model) in made.items():
        net = model(g).denoiser
        t = interleaved({"sampler": lambda: g.sample(cells, seeds), "one plain evaluation": lambda: plain_evaluation(net, numbers), "without underflow": lambda: without_underflow(plain_evaluation)(net, numbers)}, 2)
        out[name] = compared({k: v / ask for k, v in t.items()}) | {"compositions": ask, "atoms": sum(map(len, numbers)) / ask}
        print(name, out[name], flush=True)
    return out


@torch.no_grad()
def by_size(model, pairs, repeats) -> dict:
    "The same for binary cells of four sizes, each as often as in MP-20, so many pairs a batch, one draw (random weights overlap every time)"
    g, rows = FlowGenerator(model.eval(), tries=1), {}
    for n in MIX:
        size = max(1, pairs // n**2); b = batch(n, size); some = [f"Na{n // 2}Cl{n // 2}"] * size
        t = interleaved({"sampler": lambda: g.sample(some, range(size)), "one plain evaluation": lambda: reference(model.denoiser, *b), "without underflow": lambda: without_underflow(reference)(model.denoiser, *b)}, repeats)
        rows[n] = {k: v / size for k, v in t.items()}
        print(n, rows[n], flush=True)
    return compared(weighted(rows)) | {"pairs a batch": pairs, "by atoms": rows}


def batches() -> dict:
    "Batches as full as in a run of a thousand crystals (flow), or as a processor's cache likes them (paper's network, random weights)"
    return {"structure-flow": by_size(load_flow(), 8000, 1), "paper": by_size(FlowModel(FlowConfig(NETWORKS["paper"])), 2000, 1)}


def compared(seconds):
    return {"seconds": seconds, "ratio": 4000 * seconds["one plain evaluation"] / seconds["sampler"]} | ({"ratio without underflow": 4000 * seconds["without underflow"] / seconds["sampler"]} if "without underflow" in seconds else {})


@torch.no_grad()
def sizes() -> dict:
    "One evaluation per crystal against atoms and batch; one crystal against the sampler's steps"
    out = {"atoms": {}, "batch": {}, "steps": {}}
    for name in ("ours", "paper"):
        net = network(NETWORKS[name])
        for axis, settings in {"atoms": [(n, max(1, 4096 // n**2)) for n in (1, 2, 5, 10, 20, 52, 100, 200)], "batch": [(10, b) for b in (1, 2, 4, 16, 64, 200)]}.items():
            for n, size in settings:
                b = batch(n, size); f, r = lambda: net(*b), lambda: reference(net, *b)
                t = interleaved({"fast": f, "reference": r}, 5 if n * size < 150 else 3)
                out[axis].setdefault(name, []).append({"atoms": n, "batch": size, "FLOP": flop(f) / size, "MB": memory(f), "reference MB": memory(r)} | {f"{k} seconds": v / size for k, v in t.items()})
                print(name, axis, out[axis][name][-1], flush=True)
    model = load_flow()
    for steps in (10, 25, 50, 100, 200):
        t = interleaved({"": lambda: FlowGenerator(model, steps, tries=1).sample(["Na5Cl5"] * 40, range(40))}, 3)[""]
        out["steps"][steps] = t / 40
    return out


def training() -> dict:
    "Forward and backward with AdamW, 64 crystals of 10 atoms"
    out = {}
    for name, cfg in {"ours": DenoiserConfig(), "cpu-night recipe": DenoiserConfig(edge_update=True, dropout=0.1), "paper": DenoiserConfig.paper()}.items():
        size = 64 if name != "paper" else 16; b, net = batch(10, size), network(cfg).train(); opt = torch.optim.AdamW(net.parameters())
        def step(f):
            opt.zero_grad(); move, cell = f(*b); (move.square().mean() + (cell - 1).square().mean()).backward(); opt.step()
        t = interleaved({"fast": lambda: step(net), "first map split, geometry once": lambda: step(partial(halfway, net))})
        work = flop(lambda: step(net))
        out[name] = {"batch": size, "crystals per second": size / t["fast"], "ratio to first map split, geometry once": t["first map split, geometry once"] / t["fast"], "FLOP per crystal": work / size, "GFLOP/s": 1e-9 * work / t["fast"]}
        print(name, out[name], flush=True)
    return out


def fractions(out: dict):
    "Shares of the machine's matrix-product rate"
    best = out["rate"]["best"] * 1e9
    for name, rows in out.get("ladder", {}).items():
        rows["share of the matrix-product rate"] = {k: rows["FLOP"][k] / rows["sampler's batches"]["seconds"][s] / best for k, s in {"reference": "reference", "fast": "in blocks"}.items()}
    for rows in (r for axis in ("atoms", "batch") for rs in out.get("sizes", {}).get(axis, {}).values() for r in rs): rows["share of the matrix-product rate"] = rows["FLOP"] / rows["fast seconds"] / best
    for row in out.get("training", {}).values(): row["share of the matrix-product rate"] = row["GFLOP/s"] * 1e9 / best


if __name__ == "__main__":
    torch.set_num_threads(1)
    parts = dict(rate=rate, ladder=ladder, guided=guided, crystal=crystal, batches=batches, sizes=sizes, training=training)
    out = json.loads(OUT.read_text()) if OUT.exists() else {}
    cpu = next((l.split(":")[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")), platform.processor())
    out["about"] = {"cpu": cpu, "torch": torch.__version__, "threads": 1, "times": "CPU seconds of one thread, medians of interleaved repeats, per crystal; averages over sizes are weighted as MP-20 is",
                    "note": "other work shared the machine's cores and caches: trust ratios, not absolute seconds"}
    for k in sys.argv[1:] or parts:
        out[k] = parts[k](); fractions(out) if "rate" in out else None
        OUT.write_text(json.dumps(out, indent=1) + "\n")
