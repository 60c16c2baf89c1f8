"""Compiles Triton kernels for a GPU that need not be there.

`python -m tests.engine.backends.gpu.compiled ABILITY PROGRAMS`, where PROGRAMS is JSON,
[name, constants, types of arguments] of each. One line each: [name, bytes of stack by function].
"""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import triton
from triton.backends.compiler import GPUTarget
from triton.compiler import ASTSource

from engine.backends.gpu.triton import neurons, norms

TOOL = Path(triton.__file__).parent / "backends/nvidia/bin/cuobjdump"


def stack(cubin: bytes) -> list[int]:
    """Bytes of memory that a thread uses in the place of registers."""
    with tempfile.NamedTemporaryFile(suffix=".cubin") as file:
        file.write(cubin)
        file.flush()
        said = subprocess.run([TOOL, "-res-usage", file.name], capture_output=True, text=True, check=True)
    return [int(found) for found in re.findall(r"STACK:(\d+)", said.stdout + said.stderr)]


def compiled(name: str, constants: dict, arguments: dict, target: GPUTarget) -> list:
    program = getattr(neurons, name, None) or getattr(norms, name)
    signature = {given: arguments.get(given, "constexpr") for given in program.arg_names}
    known = {given: constants.get(given) for given in program.arg_names if given not in arguments}
    even = [given for given, kind in arguments.items() if kind.startswith("*") or given == "C"]
    divisible = {(program.arg_names.index(given),): [["tt.divisibility", 16]] for given in even}
    made = triton.compile(ASTSource(program, signature, known, divisible), target=target)
    return [name, stack(made.asm["cubin"])]


if __name__ == "__main__":
    for each in json.loads(sys.argv[2]):
        print(json.dumps(compiled(*each, target=GPUTarget("cuda", int(sys.argv[1]), 32))))
