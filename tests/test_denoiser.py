"The shipped weights give the plain network's answers, fast or not"
import pytest, torch
from crysvcd.denoiser import reference
from crysvcd.diffusion import load_diffusion
from crysvcd.flow import load_flow


def crystals(n, size, dtype):
    g = torch.Generator().manual_seed(n); rand = lambda *s: torch.rand(*s, generator=g, dtype=torch.float64).to(dtype)
    return torch.randint(1, 95, (size, n), generator=g), rand(size, n, 3), (15.0 * n) ** (1 / 3) * torch.eye(3, dtype=dtype) + rand(size, 3, 3) - 0.5, rand(size)


@pytest.mark.parametrize("load", [load_flow, load_diffusion])
@pytest.mark.parametrize("dtype, most", [(torch.float64, 1e-10), (torch.float32, 2e-6)])
@torch.no_grad()
def test_shipped_weights_fast_and_plain(load, dtype, most):
    net = load().denoiser.to(dtype).eval()
    for n, size in ((1, 2), (2, 3), (9, 3), (20, 11), (52, 1)):
        b = crystals(n, size, dtype); fast, plain = net(*b), reference(net, *b)
        for x, y in zip(fast, plain): assert float((x - y).abs().max()) <= most * max(1, float(y.abs().max())), (n, size)
