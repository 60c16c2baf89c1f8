"""Idle threads release their core: set before torch is loaded, by every process that trains."""

import os
import subprocess
import sys

import pytest

from engine.process.openmp import SPINS

PROGRAM = "from engine.process.openmp import share_cores; share_cores(); import torch; torch.ones(10) + 1"


@pytest.mark.parametrize(("given", "taken"), [({}, SPINS), ({"GOMP_SPINCOUNT": "77"}, "77")])
def test_torch_s_openmp_reads_it_and_the_user_s_setting_stays(given, taken):
    environment = {name: value for name, value in os.environ.items() if name != "GOMP_SPINCOUNT"}
    environment |= {"OMP_DISPLAY_ENV": "verbose", **given}
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True)
    assert f"GOMP_SPINCOUNT = '{taken}'" in done.stderr


COMMAND = "import engine.__main__; engine.__main__.main(['presets'])"


@pytest.mark.parametrize("start", [COMMAND, "import webapp"], ids=["python -m engine", "a worker"])
def test_every_process_that_trains_sets_it_before_it_loads_torch(start):
    program = f"import os, sys; {start}; assert 'torch' not in sys.modules; print(os.environ['GOMP_SPINCOUNT'])"
    environment = {name: value for name, value in os.environ.items() if name != "GOMP_SPINCOUNT"}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[-1] == SPINS, done.stderr
