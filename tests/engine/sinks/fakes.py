"""Small modules in place of libraries that may not be installed: they note how they are called."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace
from typing import Any


class Calls(list[tuple[Any, ...]]):
    """What was called, in order: (name, positional arguments …, keyword arguments)."""

    def note(self, name: str, answer: Any = None) -> Any:
        def called(*args: Any, **options: Any) -> Any:
            self.append((name, *args, options) if options else (name, *args))
            return answer

        return called

    def named(self, name: str) -> list[tuple[Any, ...]]:
        return [call for call in self if call[0] == name]


def module(monkeypatch: Any, name: str, **functions: Any) -> None:
    """Importable under a name, with its parents as they are."""
    made = ModuleType(name)
    for key, value in functions.items():
        setattr(made, key, value)
    monkeypatch.setitem(sys.modules, name, made)


def tensorboard(monkeypatch: Any) -> Calls:
    calls = Calls()

    def writer(folder: str) -> SimpleNamespace:
        calls.append(("open", folder))
        return SimpleNamespace(**{name: calls.note(name) for name in ("add_text", "add_scalar", "flush", "close")})

    module(monkeypatch, "torch.utils.tensorboard", SummaryWriter=writer)
    return calls


def mlflow(monkeypatch: Any, earlier: list[Any]) -> Calls:
    calls = Calls()
    names = ("set_tracking_uri", "set_experiment", "start_run", "log_params", "log_metrics", "end_run")
    functions = {name: calls.note(name) for name in names}
    module(monkeypatch, "mlflow", search_runs=calls.note("search_runs", earlier), **functions)
    return calls


def wandb(monkeypatch: Any, name: str) -> Calls:
    calls = Calls()
    module(monkeypatch, name, **{one: calls.note(one) for one in ("init", "log", "finish")})
    return calls
