"Training that anyone can rerun: exact resume, recipes rehearsed through the command, several processes, no waiting inside a step"
import functools, json, shutil, subprocess, sys, traceback
import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from crysvcd.data import textbook_crystals
from crysvcd.denoiser import DenoiserConfig
from crysvcd.diffusion import DiffusionConfig, DiffusionModel, diffusion_loss, ruin, train_diffusion
from crysvcd.flow import FlowConfig, FlowModel, flow_loss, road, train_flow
from crysvcd.structure import CrystalBatches
from crysvcd.training import TrainConfig, Trainer, load_tensors, save_tensors, step_generator

METHODS = {"flow": (train_flow, FlowConfig), "diffusion": (train_diffusion, DiffusionConfig)}
books = functools.cache(textbook_crystals)
tiny = lambda **kw: DenoiserConfig(width=32, edge_width=16, layers=2, frequencies=4, edge_update=True, **kw)


def curve(folder):
    return [{k: v for k, v in r.items() if k != "minutes"} for r in json.loads((folder / "curve.json").read_text())]


def same(a, b): return all(torch.equal(x, y) for x, y in zip(a.state_dict().values(), b.state_dict().values()))


def train(method, folder, cfg, monkeypatch, stop_at=None, **kw):
    "Train on the textbook crystals, dropout and averaged weights included; stop at a step, as an interruption would"
    f, config = METHODS[method]
    with monkeypatch.context() as m:
        run = Trainer.run
        if stop_at: m.setattr(Trainer, "run", lambda self: run(self, stop_at))
        return f(books(), books()[[0, 5, 9, 20]], folder, cfg, config(tiny(dropout=0.1)), 8, **kw)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("workers", [0, 1])
def test_stopped_and_resumed_is_uninterrupted(method, workers, tmp_path, monkeypatch):
    cfg = TrainConfig(steps=30, warmup=5, ema=0.9, validate_every=10, workers=workers)
    whole = train(method, tmp_path / "whole", cfg, monkeypatch)
    train(method, tmp_path / "parts", cfg, monkeypatch, stop_at=7); train(method, tmp_path / "parts", cfg, monkeypatch, stop_at=23)
    resumed = train(method, tmp_path / "parts", cfg, monkeypatch)
    assert curve(tmp_path / "whole") == curve(tmp_path / "parts") and len(curve(tmp_path / "whole")) == 3
    assert same(whole, resumed)


def test_a_budget_in_minutes_is_exact_as_far_as_the_clock_is(tmp_path, monkeypatch):
    "The learning rate follows the clock: with one that repeats itself, so do the losses"
    monkeypatch.setattr(Trainer, "_tick", lambda self, now: setattr(self, "elapsed", 2.0 * self.step))
    cfg = TrainConfig(minutes=1, warmup=5, validate_every=10)
    whole = train("flow", tmp_path / "whole", cfg, monkeypatch)
    train("flow", tmp_path / "parts", cfg, monkeypatch, stop_at=13); resumed = train("flow", tmp_path / "parts", cfg, monkeypatch)
    assert curve(tmp_path / "whole") == curve(tmp_path / "parts") and curve(tmp_path / "whole")[-1]["step"] == 30
    assert same(whole, resumed)


def test_checkpoints_of_the_former_format_are_read(tmp_path, monkeypatch):
    "They hold the number of averaged steps too, and know nothing of later settings"
    cfg = TrainConfig(steps=12, warmup=5, validate_every=5)
    whole = train("diffusion", tmp_path / "whole", cfg, monkeypatch); train("diffusion", tmp_path / "parts", cfg, monkeypatch, stop_at=6)
    file = tmp_path / "parts/checkpoint.safetensors"; tensors, note = load_tensors(file)
    del note["about"]["network"]["start"], note["about"]["network"]["diffusion"]["denoiser"]["dropout"]
    save_tensors(tensors | {"average.n_averaged": torch.tensor(6)}, file, note)
    assert same(whole, train("diffusion", tmp_path / "parts", cfg, monkeypatch))


@pytest.mark.parametrize("method", METHODS)
def test_starting_with_trained_weights(method, tmp_path, monkeypatch):
    cfg = TrainConfig(steps=1, warmup=1000, validate_every=1) # one step of next to nothing
    first = train(method, tmp_path / "a", TrainConfig(steps=5, seed=1), monkeypatch)
    again = train(method, tmp_path / "b", cfg, monkeypatch, start=tmp_path / "a")
    assert all((x - y).abs().max() < 1e-4 for x, y in zip(first.parameters(), again.parameters()))
    assert json.loads((tmp_path / "b/config.json").read_text())["start"] == str(tmp_path / "a")


def models():
    "(model, loss, a batch made ready)"
    torch.manual_seed(0); flow, diffusion = FlowModel(FlowConfig(tiny())), DiffusionModel(DiffusionConfig(tiny()))
    flow.coder.fit(books()); crystals = CrystalBatches(books(), 8)(1)
    for p in [*flow.parameters(), *diffusion.parameters()]: torch.nn.init.normal_(p, std=0.1)
    return [(flow, flow_loss, road(flow.coder, 4, crystals, step_generator(0, 0))), (diffusion, diffusion_loss, ruin(diffusion.schedules, crystals, step_generator(0, 0)))]


class Reads(TorchDispatchMode):
    "Every value that Python reads from a tensor: on a GPU each would wait for all work before it"
    def __init__(self): super().__init__(); self.seen = []
    def __torch_dispatch__(self, f, types, args=(), kwargs=None):
        at = [s.name for s in traceback.extract_stack()]
        if f is torch.ops.aten._local_scalar_dense.default and "_fractions" not in at: self.seen.append(at[-4:]) # one_hot checks its input, on a CPU only
        return f(*args, **(kwargs or {}))


@pytest.mark.parametrize("which", range(2), ids=METHODS)
def test_a_step_reads_nothing_back(which, tmp_path):
    model, loss, batch = models()[which]
    trainer = Trainer(model, loss, lambda step: batch, TrainConfig(steps=9, validate_every=100), tmp_path)
    with Reads() as reads: trainer._one_step(); trainer._one_step()
    assert reads.seen == [] and trainer.step == 2
    with Reads() as reads: trainer.save() # but here it must
    trainer._record(); assert set(trainer.curve[0]) == {"step", "minutes", "loss", "coord", "lattice"}


@pytest.mark.parametrize("which", range(2), ids=METHODS)
def test_bf16_keeps_geometry_and_answers_in_single_precision(which):
    model, loss, batch = models()[which]; inputs = batch[:4] if which == 0 else batch[:5]
    with torch.no_grad():
        exact = model(*inputs)
        with torch.autocast("cpu", torch.bfloat16): rough = model(*inputs)
    for a, b in zip(exact, rough): assert b.dtype == torch.float32 and 0 < (a - b).norm() / a.norm() < 0.02


def command(*args, cwd, launch=(), timeout=900):
    r = subprocess.run([sys.executable, *launch, "-m", "crysvcd", "train", *map(str, args)], cwd=cwd, capture_output=True, text=True, timeout=timeout)
    assert r.returncode == 0, r.stderr
    return r.stdout


def weights(folder): return load_tensors(folder / "model.safetensors")[0]


@pytest.mark.parametrize("recipe, small", [("cpu-night", []), ("gpu", ["--device", "cpu", "--compile", "no", "--workers", 1])])
def test_recipes_rehearsed(recipe, small, table, tmp_path):
    "The real command with tiny sizes; then the same again from the file that it wrote"
    command("structure", "--data", table, "--recipe", recipe, *small, "--width", 16, "--batch-size", 8, "--steps", 6, "--validate-every", 3, "--out", tmp_path / "a", cwd=tmp_path)
    assert {p.name for p in (tmp_path / "a").iterdir()} == {"checkpoint.safetensors", "config.json", "curve.json", "curve.png", "model.safetensors"}
    config = json.loads((tmp_path / "a/config.json").read_text())
    assert config["train"]["bf16"] == (recipe == "gpu") and config["train"]["minutes"] is None and config["flow"]["denoiser"]["dropout"] == 0.1
    command("structure", "--data", table, "--config", tmp_path / "a/config.json", "--out", tmp_path / "b", cwd=tmp_path)
    assert curve(tmp_path / "a") == curve(tmp_path / "b")
    a, b = weights(tmp_path / "a"), weights(tmp_path / "b"); assert all(torch.equal(a[k], b[k]) for k in a)


def test_formula_recipe_rehearsed(table, tmp_path):
    command("formula", "--data", table, "--recipe", "paper", "--steps", 6, "--batch-size", 8, "--dropout", 0, "--out", tmp_path / "a", cwd=tmp_path)
    command("formula", "--data", table, "--config", tmp_path / "a/config.json", "--start", tmp_path / "a", "--out", tmp_path / "b", cwd=tmp_path)
    a, b = (json.loads((tmp_path / n / "config.json").read_text()) for n in "ab")
    assert a["formula"] == b["formula"] and a["formula"]["mode"] == "paper" and a["formula"]["dropout"] == 0 and b["start"] == str(tmp_path / "a")


@pytest.mark.skipif(not shutil.which("c++"), reason="torch.compile needs a C++ compiler on a CPU, and there is none")
def test_compiled_steps(table, tmp_path):
    args = ["structure", "--data", table, "--width", 8, "--batch-size", 8, "--steps", 4, "--validate-every", 1]
    for name, more in {"plain": [], "compiled": ["--compile"]}.items():
        (tmp_path / "small.toml").write_text("[flow.denoiser]\nedge_width = 8\nlayers = 1\nfrequencies = 4\nradial = 4")
        command(*args, *more, "--config", tmp_path / "small.toml", "--out", tmp_path / name, cwd=tmp_path)
    for a, b in zip(curve(tmp_path / "plain"), curve(tmp_path / "compiled")): assert all(abs(a[k] - b[k]) < 1e-4 * abs(a[k]) + 1e-6 for k in a), (a, b)


def test_two_processes_are_one_with_the_same_batch(table, tmp_path):
    "Batches of one crystal and of odd size included; gloo between CPU processes"
    pytest.importorskip("accelerate")
    args = ["structure", "--data", table, "--width", 16, "--batch-size", 16, "--steps", 24, "--validate-every", 8, "--lr", 1e-3, "--warmup", 5]
    command(*args, "--out", tmp_path / "one", cwd=tmp_path)
    launch = ["-m", "accelerate.commands.launch", "--multi_gpu", "--num_processes", "2", "--main_process_port", "0"]
    said = command(*args, "--out", tmp_path / "two", cwd=tmp_path, launch=launch)
    assert said.count("model:") == 1
    a, b = curve(tmp_path / "one"), curve(tmp_path / "two")
    assert len(a) == len(b) == 3 and all(abs(r[k] - s[k]) < 1e-5 for r, s in zip(a, b) for k in r), (a, b)
    a, b = weights(tmp_path / "one"), weights(tmp_path / "two"); assert all((a[k] - b[k]).abs().max() < 1e-5 for k in a)
    command("structure", "--data", table, "--config", tmp_path / "two/config.json", "--steps", 30, "--out", tmp_path / "two", cwd=tmp_path) # and one goes on alone
