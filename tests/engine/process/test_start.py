"""What importing the engine loads: torch, and nothing else that takes long."""

import subprocess
import sys

import pytest

SLOW = {"scipy", "pymoo", "spikingjelly", "sklearn", "pandas", "matplotlib", "snntorch", "torchvision", "triton"}


@pytest.mark.parametrize("module", ["engine.study", "engine.evaluation.prefix_tree", "engine.inspection.inspect"])
def test_the_engine_imports_nothing_slow_but_torch(module):
    code = f"import {module}, sys; print(*{{name.split('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "torch" in loaded
    assert not loaded & SLOW
