"""The Triton kernels compile for real GPUs, without one: Triton has the compiler. Registers must not spill."""

import json
import os
import subprocess
import sys

import pytest

REAL, WHOLE = "*fp32", "i32"
TILE = {"BLOCK_M": 64, "BLOCK_C": 16}


def neurons(spikes, parts, normed, shortcut, static, decays, soft):
    """The arguments of `integrate` and `integrate_back` for one kind of layer."""
    arrays = {"x1": spikes} | ({"affine1": REAL} if normed else {})
    arrays |= ({"x2": spikes, "affine2": REAL} if parts == 2 else {}) | ({"shortcut": spikes} if shortcut else {})
    arrays |= {"decay": REAL} if decays else {}
    sizes = dict.fromkeys(("T", "M", "C", "frames"), WHOLE)
    switches = {
        "PARTS": parts,
        "NORMED": normed,
        "SHORTCUT": shortcut,
        "STATIC": static,
        "DECAYS": decays,
        "SOFT": soft,
    }
    forward = arrays | {"spikes": spikes, "counts": "*i32"} | sizes | {"threshold": "fp32"}
    results = dict.fromkeys(("grad_counts", "potentials", "grad_x", "sums", "decays"), REAL)
    back = arrays | {"grad_spikes": spikes} | results | sizes | {"threshold": "fp32", "alpha": "fp32"}
    return switches | TILE, forward, back


def kernels():
    """Each kernel once for every kind of use that is compiled differently."""
    kinds = [
        (True, False, True, True, False),  # stem of a static image
        (True, True, False, True, False),  # with a shortcut's spikes
        (True, False, False, False, True),  # integrate-and-fire, soft reset
        (False, False, False, True, False),  # the classifier
    ]
    found = []
    for spikes in ("*fp32", "*bf16"):
        for normed, shortcut, static, decays, soft in kinds:
            for parts in (1, 2) if normed and not static else (1,):
                constants, forward, back = neurons(spikes, parts, normed, shortcut, static, decays, soft)
                found.append(("integrate", constants, forward))
                surrogates = range(4) if (parts, shortcut) == (1, True) else (0,)
                found += [("integrate_back", constants | {"SURROGATE": kind}, back) for kind in surrogates]
        arrays = {"g": REAL, "x": spikes, "coefficients": REAL, "out": spikes}
        found.append(("backward_input", TILE, arrays | dict.fromkeys(("M", "C", "frames"), WHOLE)))
        sizes = dict.fromkeys(("M", "C", "frames", "programs"), WHOLE)
        found.append(("statistics", TILE, {"x": spikes, "sums": REAL} | sizes))
        learned = dict.fromkeys(("sums", "weight", "bias", "running_mean", "running_var", "affine"), REAL)
        numbers = sizes | {"tracked": WHOLE, "momentum": "fp32", "epsilon": "fp32"}
        for shared, averages in ((False, False), (True, False), (False, True)):
            switches = {"SHARED": shared, "AVERAGES": averages, "BLOCK_P": 64, "BLOCK_C": 16}
            found.append(("finish_statistics", switches, {"x": spikes} | learned | numbers))
    arrays = dict.fromkeys(("sums", "affine", "coefficients", "grad_weight", "grad_bias"), REAL)
    sizes = dict.fromkeys(("M", "C", "frames", "tiles", "part"), WHOLE)
    for shared in (False, True):
        switches = {"SHARED": shared, "BLOCK_P": 64, "BLOCK_C": 16}
        found.append(("backward_coefficients", switches, arrays | sizes))
    return found


@pytest.mark.parametrize("ability", [80, 90], ids=["Ampere", "Hopper"])
def test_every_kernel_compiles_and_spills_no_register(ability, tmp_path):
    environment = {name: value for name, value in os.environ.items() if name != "TRITON_INTERPRET"}
    environment["TRITON_CACHE_DIR"] = str(tmp_path)
    command = [sys.executable, "-m", "tests.engine.backends.gpu.compiled", str(ability), json.dumps(kernels())]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=240, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    made = [json.loads(line) for line in done.stdout.splitlines()]
    assert [name for name, _ in made] == [name for name, *_ in kernels()]
    for name, stack in made:
        assert stack == [0], f"{name} spills registers into memory"
