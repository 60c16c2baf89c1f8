"""Memory that a step freed is there for the next one, and is returned to the system when asked."""

import subprocess
import sys

import pytest

CODE = """
import resource, sys, torch
from pathlib import Path
from engine.process.malloc import keep_freed_memory, return_freed_memory

def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1])

def step():
    x = torch.ones(1 << 23, requires_grad=True)
    (x * 2).relu().exp().sum().backward()

print(keep_freed_memory() if sys.argv[1] == "tuned" else True)
for _ in range(3):
    step()
before = faults()
for _ in range(5):
    step()
print(faults() - before)
before = resident()
return_freed_memory()
print(before - resident())
"""


def run(how):
    """Whether the allocator has the setting, page faults of five steps, and pages returned at the end."""
    done = subprocess.run([sys.executable, "-c", CODE, how], capture_output=True, text=True, check=True)
    kept, faults, given_back = done.stdout.split()
    return kept == "True", int(faults), int(given_back)


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's allocator is set; elsewhere nothing is")
def test_memory_is_kept_and_given_back():
    kept, faults, given_back = run("tuned")
    if not kept:
        pytest.skip("the C library is not glibc")
    _, without, _ = run("as it is")
    assert faults < 0.3 * without
    assert given_back > (1 << 25) // 4096, "at least one tensor's pages"
