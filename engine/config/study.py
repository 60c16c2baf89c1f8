"""StudyConfig: the one definition of a study that form, API, command line, database and engine share."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any, Self

from pydantic import Field, SerializerFunctionWrapHandler, ValidationError, model_serializer, model_validator

from engine.config.algorithms import ALGORITHMS
from engine.config.analysis import MAX_TRAININGS, AnalysisConfig, Arm
from engine.config.data import DataConfig
from engine.config.fields import MAX_SEED, NO_NUL, OURS
from engine.config.network import NetworkConfig
from engine.config.own_parts import own_parts
from engine.config.recipe import RetrainConfig, SupernetConfig
from engine.config.runtime import RuntimeConfig
from engine.config.search import MAX_EXHAUSTIVE, SearchConfig
from engine.config.versions import LATER, VERSION, Version, as_first_written, read_as_written, write_as_read
from engine.errors import ConfigError, EngineError, ShapeError
from engine.neurons.registry import spiking_in_words
from engine.schema.frozen import Frozen
from engine.space.architecture import Architecture, SearchSpace
from engine.space.shapes import Input, layer_specs


class StudyConfig(Frozen):
    """A whole study. The same seed and config give the same events on one machine."""

    version: Version = Field(
        VERSION, description="version of this format; what a config of version 1 leaves out is as it was then"
    )
    name: Annotated[str, Field(min_length=1, max_length=120), NO_NUL] = Field(description="what you call the study")
    seed: Annotated[int, Field(ge=0, le=MAX_SEED)] = Field(0, description="seed of every random draw")
    data: DataConfig = Field(DataConfig(), description="data set and split")
    network: NetworkConfig = Field(description="search space and neuron")
    supernet: SupernetConfig = Field(SupernetConfig(), description="supernet training")
    search: SearchConfig = Field(SearchConfig(), description="evolutionary search")
    retrain: RetrainConfig = Field(RetrainConfig(), description="retraining of the winner")
    analysis: AnalysisConfig | None = Field(
        None, description="train these architectures from scratch instead of searching; empty = a search"
    )
    runtime: RuntimeConfig = Field(RuntimeConfig(), description="where it runs")

    parts: dict[str, Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]] = Field(
        {},
        description="your own parts that this study names, with the SHA-256 of the source of each; filled in where "
        "left out, and held to where given",
        json_schema_extra=OURS,
        exclude_if=lambda parts: not parts,
    )

    @property
    def all_data(self) -> dict[str, DataConfig]:
        """Every data set the study reads, by its field: its own, and those of an analysis's arms."""
        arms = enumerate(self.analysis.arms if self.analysis else ())
        return {"data": self.data} | {f"analysis.arms.{i}.data": arm.data for i, arm in arms if arm.data is not None}

    @property
    def space(self) -> SearchSpace:
        return SearchSpace(self.network.macro, self.network.candidates)

    @property
    def input(self) -> Input:
        return self.data.input

    @property
    def generations(self) -> int:
        """How many generations the search has at most."""
        if self.analysis is not None:
            return 0
        if self.search.algorithm == "exhaustive":
            return -(-self.space.size // self.search.population)
        return 1 if self.search.algorithm == "random_sampling" else self.search.generations

    @property
    def search_seed(self) -> int:
        """Seed of the search's draws: its own, or the study's."""
        return self.seed if self.search.seed is None else self.search.seed

    @property
    def neuron_parameters(self) -> int:
        """Learnable parameters of one neuron layer."""
        return self.network.neuron.info.parameters

    @model_validator(mode="before")
    @classmethod
    def _read_as_written(cls, given: object) -> object:
        return read_as_written(given)

    @model_serializer(mode="wrap")
    def _write_as_read(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return write_as_read(write(self), self.version)

    @model_validator(mode="after")
    def _name_own_parts(self) -> Self:
        arms = self.analysis.arms if self.analysis else ()
        networks = [self.network, *(arm.network for arm in arms if arm.network is not None)]
        found = own_parts(networks, self.all_data.values(), self.search, self.parts)
        object.__setattr__(self, "parts", found)  # a frozen model, which is still being made
        return self

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        space, search = self.space, self.search
        if not space.choices:
            raise ValueError("network.macro.layers: at least one layer must be searched")
        breeds = ALGORITHMS[search.algorithm].breeds
        if search.algorithm == "exhaustive" and space.size > MAX_EXHAUSTIVE:
            raise ValueError(
                f"search.algorithm: exhaustive search evaluates at most {MAX_EXHAUSTIVE:,} architectures, the space "
                f"has {space.size:,}"
            )
        if breeds and search.mutations + search.crossovers > search.population:
            raise ValueError(
                f"search.population: must be at least mutations + crossovers = {search.mutations + search.crossovers}, "
                f"got {search.population}"
            )
        if breeds and search.parents > search.population:
            raise ValueError(
                f"search.parents: must be at most the population ({search.population}), got {search.parents}"
            )
        if 0 < self.retrain.trust < 3:
            raise ValueError(
                f"retrain.trust: a rank correlation needs at least 3 networks, or 0, got {self.retrain.trust}"
            )
        self._retrains_what_is_asked()
        self._ann_mode_fits()
        self._shapes_exist(space)
        self._baselines_fit()
        if self.analysis is not None:
            self._analysis_fits(self.analysis)
        return self

    def _retrains_what_is_asked(self) -> None:
        """Where the winner is not retrained, nothing else is after the search."""
        if self.retrain.winner:
            return
        asked = {"seeds": self.retrain.seeds > 1, "trust": self.retrain.trust, "baselines": self.retrain.baselines}
        if field := next((name for name, wanted in asked.items() if wanted), ""):
            raise ValueError(f"retrain.{field}: needs retrain.winner; without it the study ends with its search")

    def _baselines_fit(self) -> None:
        for i, name in enumerate(self.retrain.baselines):
            if name in self.retrain.baselines[:i]:
                raise ValueError(f"retrain.baselines.{i}: {name} is given twice")
            try:
                _require_baseline(name, self.retrain.baseline_channels, self)
            except EngineError as error:
                raise ValueError(f"retrain.baselines.{i}: {error}") from error

    def arm_config(self, arm: Arm) -> StudyConfig:
        """The study an arm's architectures are trained in: this one with the arm's own parts. Not validated."""
        own = {part: value for part in ("network", "data", "retrain") if (value := getattr(arm, part)) is not None}
        return self.model_copy(update={**own, "analysis": None})

    def _analysis_fits(self, analysis: AnalysisConfig) -> None:
        labels = [arm.label for arm in analysis.arms]
        for i, arm in enumerate(analysis.arms):
            field = f"analysis.arms.{i}"
            if arm.label in labels[:i]:
                raise ValueError(f"{field}.label: {arm.label!r} is taken by an earlier arm")
            if not arm.trainings:
                raise ValueError(f"{field}.architectures: give genomes, or random at least 1, or a zoo baseline")
            try:
                own = StudyConfig.model_validate(self.arm_config(arm).model_dump())
                for code in arm.architectures:
                    own.space.require(Architecture.from_code(code))
                if arm.zoo is not None:
                    _require_baseline(arm.zoo, arm.zoo_channels, own)
            except ValidationError as error:
                raise ValueError(f"{field}: {error.errors()[0]['msg'].removeprefix('Value error, ')}") from error
            except EngineError as error:
                raise ValueError(f"{field}.architectures: {error}") from error
            left = own.space.size - len(set(arm.architectures))
            if arm.random > left:
                raise ValueError(f"{field}.random: the space has {left} architectures to draw from, got {arm.random}")
        trainings = analysis.seeds * sum(arm.trainings for arm in analysis.arms)
        if trainings > MAX_TRAININGS:
            raise ValueError(f"analysis: at most {MAX_TRAININGS:,} trainings, arms × seeds make {trainings:,}")

    def _ann_mode_fits(self) -> None:
        """ReLU has no time and no votes, and what it emits cannot be regularised as spikes."""
        network, kind = self.network, self.network.neuron.kind
        if network.neuron.info.spiking:
            return
        if network.time_steps != 1:
            raise ValueError(
                f"network.time_steps: ANN mode (network.neuron.kind {kind}) has T = 1, got {network.time_steps}"
            )
        if network.macro.votes_per_class != 1:
            raise ValueError(
                f"network.macro.votes_per_class: ANN mode (network.neuron.kind {kind}) has no voting layer: 1, got "
                f"{network.macro.votes_per_class}"
            )
        for part, recipe in (("supernet", self.supernet), ("retrain", self.retrain)):
            if recipe.spike_regularisation:
                raise ValueError(
                    f"{part}.spike_regularisation: ANN mode (network.neuron.kind {kind}) has no spikes to regularise: "
                    f"0, got {recipe.spike_regularisation:g}"
                )

    def _shapes_exist(self, space: SearchSpace) -> None:
        """Every candidate of every layer must build; layers are independent, so one architecture per choice will do."""
        for k in range(max(len(blocks) for blocks in space.choices)):
            architecture = Architecture(tuple(blocks[min(k, len(blocks) - 1)] for blocks in space.choices))
            try:
                layer_specs(space.macro, architecture, self.input, self.neuron_parameters)
            except ShapeError as error:
                raise ValueError(f"{_field_of(error.layer)}: {error}") from error

    def canonical(self) -> str:
        """Canonical JSON: sorted keys, no spaces. Two equal configs have equal text."""
        return json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))

    def digest(self) -> str:
        """SHA-256 of what decides the result: the config without its name and without what was always done by default.

        So a later version's new options leave the digests of earlier studies alone.
        """
        other = self.model_dump(mode="json", exclude_defaults=True, exclude={"name", "version"})
        later = {(part, field): getattr(getattr(self, part), field) for part, field in LATER}
        content = as_first_written(other, later)
        return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _field_of(layer: str) -> str:
    """The field that describes a layer which cannot be built: layer "3" is the third of the list, others the stem's."""
    return f"network.macro.layers.{int(layer) - 1}" if layer.isdecimal() else "network.macro.extra_stem"


def _require_baseline(name: str, channels: int | None, config: StudyConfig) -> None:
    """Raise ConfigError where the zoo has no such baseline, and ShapeError where the data are too small for it."""
    from engine.zoo.registry import ZOO  # the zoo describes itself in this module's terms
    from engine.zoo.shapes import layer_specs as baseline_rows

    if name not in ZOO:
        raise ConfigError([f"zoo must be one of {', '.join(ZOO)}, got {name[:60]!r}"])
    if not config.network.neuron.info.spiking:
        kinds, kind = spiking_in_words(), config.network.neuron.kind
        raise ConfigError([f"zoo baselines vote with spikes: network.neuron.kind must be {kinds}, got {kind}"])
    baseline_rows(ZOO[name], config.input, channels, config.neuron_parameters)
