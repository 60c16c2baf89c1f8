"""A search of one's own, given as a function."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config.algorithms import ALGORITHMS, Ask, SearchAlgorithm
from engine.errors import RegistryError
from engine.parts.register import register
from engine.schema.own import key_of, titled

__all__ = ["Custom"]


@dataclass(frozen=True)
class Custom:
    """`ask` is handed an `engine.search.own.Asked` and gives the architectures of the next generation; none ends it.

    `name` is what configs call it; left out, the function's own. The SHA-256 of its source is in the study's digest.
    """

    ask: Ask
    name: str = ""

    def registered(self) -> str:
        """Its name, under which it is registered from now on.

        Raises RegistryError where the name is another search's, or cannot be one.
        """
        name = self.name or str(getattr(self.ask, "__name__", ""))
        known = ALGORITHMS.get(name)
        if known is None:
            register(SearchAlgorithm(name=name, title=name.replace("_", " "), ask=self.ask))
        elif known.ask is not self.ask:
            raise RegistryError(f"{titled(key_of('search', name))} is another function already; give Custom a name")
        return name
