"""SpikingJelly's own functions, compiled from its source: importing its data sets needs a matching torchvision."""

import ast
import struct
from pathlib import Path
from typing import Any

import numpy as np
import spikingjelly


def function(module: str, name: str) -> Any:
    """A function of spikingjelly.datasets.MODULE, with the module's functions and constants around it."""
    source = Path(spikingjelly.__file__).parent / "datasets" / f"{module}.py"
    nodes = ast.parse(source.read_text()).body
    body = [node for node in nodes if isinstance(node, ast.FunctionDef) or _is_constant(node)]
    for node in body:
        if isinstance(node, ast.FunctionDef):
            node.returns = None
            for argument in node.args.args:
                argument.annotation = None
    space: dict[str, Any] = {"np": np, "struct": struct}
    exec(compile(ast.Module(body, []), str(source), "exec"), space)
    return space[name]


def _is_constant(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
