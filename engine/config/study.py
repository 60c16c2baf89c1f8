"""StudyConfig: the one definition of a study that form, API, command line, database and engine share. No torch."""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from engine.config.catalog import CATALOG, DatasetInfo, DatasetName
from engine.config.messages import NUL_IN_TEXT, WORDS, in_words
from engine.errors import ConfigError, EngineError, ShapeError
from engine.space.architecture import Architecture, Frozen, MacroArchitecture, SearchSpace
from engine.space.blocks import AUTOSNN_CANDIDATES, Candidates
from engine.space.shapes import Input, rows


def _without_nul(text: str) -> str:
    """A path with U+0000 names no file, and PostgreSQL stores no text with it."""
    if "\0" in text:
        raise PydanticCustomError(NUL_IN_TEXT, WORDS[NUL_IN_TEXT])
    return text


NO_NUL = AfterValidator(_without_nul)
"""For what a person writes freely. It stands after the bounds of a length, which are then told in their own words."""
Epochs = Annotated[int, Field(ge=1, le=10_000)]
Probability = Annotated[float, Field(ge=0, le=1)]
MAX_JSON_BYTES = 1_000_000
PAPER: dict[str, Any] = {"source": "paper"}
"""Marks a field of the schema that the AutoSNN paper or its reference code has."""
OURS: dict[str, Any] = {"source": "ours"}
"""Marks a field of the schema that goes beyond them; its default leaves the paper's method as it is."""

SURROGATE = re.compile("[\ud800-\udfff]")
FIELD_FIRST = re.compile(r"[a-z_0-9]+: ")
"""A message of a part's own check, which names the field inside that part."""
MAX_SEED = 2**31 - 1
MAX_TRAININGS = 2000
MAX_EXHAUSTIVE = 20_000
"""Architectures an exhaustive search may judge: all of them stay in memory and in each checkpoint."""
Algorithm = Literal["evolution", "random_search", "random_sampling", "exhaustive", "nsga2"]


class DataConfig(Frozen):
    """Which images, at which size, split how."""

    dataset: DatasetName = Field(
        "digits",
        description="digits ships with scikit-learn; the others are read from disk; images and events are your own",
    )
    path: Annotated[str, Field(max_length=500), NO_NUL] | None = Field(
        None, description="file or folder below the data root; empty = the data set's usual place"
    )
    image_size: Annotated[int, Field(ge=8, le=128)] = Field(16, description="height and width in pixels")
    train_samples: Annotated[int, Field(ge=20, le=10_000_000)] | None = Field(
        None, description="use only this many training images, class-balanced; empty = all"
    )
    test_samples: Annotated[int, Field(ge=10, le=10_000_000)] | None = Field(
        None, description="use only this many test images; empty = all"
    )
    validation_fraction: Annotated[float, Field(ge=0.05, le=0.5)] = Field(
        0.2, description="share of the training set the search judges on"
    )
    split: Literal["stratified", "contiguous"] = Field(
        "stratified", description="stratified by class with the seed; contiguous = the paper's last 20 % by index"
    )
    augment: bool = Field(True, description="the paper's augmentation for this data set, on training images only")
    augmentation: Literal["none", "crop_flip", "shift"] | None = Field(
        None,
        description="another augmentation: crop_flip = padding by 4, random crop, horizontal flip; shift = by up to an "
        "eighth; empty = the data set's own",
        json_schema_extra=OURS,
    )
    encoding: Literal["direct", "rate", "latency"] = Field(
        "direct",
        description="how an image becomes T inputs: direct = the same at every step (the paper's); rate = random "
        "spikes, as often as the pixel is bright; latency = one spike, the brighter the sooner",
        json_schema_extra=OURS,
    )
    frames_by: Literal["count", "duration"] = Field(
        "count", description="how events become T frames: by number of events (the paper's) or by duration"
    )
    classes: Annotated[int, Field(ge=2, le=10_000)] | None = Field(
        None, description="of your own images or events: how many classes they have; else only where a part has fewer"
    )
    channels: Literal[1, 3] | None = Field(None, description="of your own images: 1 = grey, 3 = RGB")
    sensor_size: Annotated[int, Field(ge=8, le=2048)] | None = Field(
        None, description="of your own events: the sensor's longer side in pixels; binned down to the image size"
    )
    content_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = Field(
        None, description="refuse files with other content than this hash; empty = take what is there"
    )

    @property
    def info(self) -> DatasetInfo:
        return CATALOG[self.dataset]

    @property
    def input(self) -> Input:
        """One frame's shape, and the classes."""
        channels, classes = self.info.channels or self.channels, self.classes or self.info.classes
        assert channels is not None
        assert classes is not None
        return Input(channels, self.image_size, self.image_size, classes)

    @property
    def sensor(self) -> int:
        """Height and width of an event camera's frames before binning."""
        return self.info.size or self.sensor_size or 0

    @model_validator(mode="after")
    def _belongs_together(self) -> Self:
        info = self.info
        own = {"classes": info.classes is None, "channels": info.channels is None}
        own["sensor_size"] = info.kind == "events" and info.size is None
        for field, needed in own.items():
            if needed and getattr(self, field) is None:
                raise ValueError(f"{field}: must be given for {info.title.lower()}")
            if not needed and field != "classes" and getattr(self, field) is not None:
                raise ValueError(f"{field}: {info.title} has its own; leave it empty, got {getattr(self, field)}")
        if self.classes is not None and self.classes > (info.classes or self.classes):
            raise ValueError(f"classes: {info.title} has at most {info.classes}, got {self.classes}")
        if info.name in ("images", "events") and self.path is None:
            raise ValueError(f"path: must name the file or folder of {info.title.lower()}")
        if info.sizes and self.image_size not in info.sizes:
            sizes = ", ".join(map(str, sorted(info.sizes)))
            raise ValueError(f"image_size: {info.title} comes in {sizes} pixels, got {self.image_size}")
        if info.kind == "events":
            self._fits_events()
        elif self.frames_by != "count":
            raise ValueError(f"frames_by: only events are cut into frames; {info.title} holds images")
        return self

    def _fits_events(self) -> None:
        if self.image_size > self.sensor:
            sensor = f"at most the sensor's {self.sensor} pixels for {self.info.title}"
            raise ValueError(f"image_size: {sensor}, got {self.image_size}")
        if self.encoding != "direct":
            raise ValueError(f"encoding: {self.info.title} is events already: direct, got {self.encoding}")


class NeuronConfig(Frozen):
    """The spiking neuron (AutoSNN §2; Fang et al. 2021 for PLIF)."""

    kind: Literal["plif", "lif", "if", "relu"] = Field(
        "plif",
        description="parametric leaky, leaky, or plain integrate-and-fire; relu = ANN mode: T = 1, one vote a class, "
        "and N counts activations that are not zero",
        json_schema_extra=PAPER,
    )
    tau: Annotated[float, Field(gt=1, le=100)] = Field(
        2.0, description="membrane time constant τ; PLIF starts from it", json_schema_extra=PAPER
    )
    threshold: Annotated[float, Field(gt=0, le=100)] = Field(
        1.0, description="firing threshold of the membrane potential", json_schema_extra=PAPER
    )
    reset: Literal["hard", "soft"] = Field(
        "hard",
        description="after a spike: hard = to 0 (the paper's); soft = down by the threshold",
        json_schema_extra=OURS,
    )
    surrogate: Literal["atan", "sigmoid", "erf", "triangle"] = Field(
        "atan", description="surrogate gradient of the spike; atan is the paper's", json_schema_extra=OURS
    )
    surrogate_alpha: Annotated[float, Field(gt=0, le=100)] = Field(
        2.0, description="its sharpness α; 2 is the paper's", json_schema_extra=OURS
    )


class NetworkConfig(Frozen):
    """The macro architecture, its candidate blocks, its neuron, and time."""

    macro: MacroArchitecture = Field(description="what is fixed while blocks are searched")
    candidates: Candidates = Field(AUTOSNN_CANDIDATES, description="candidate blocks of every searched layer")
    neuron: NeuronConfig = Field(NeuronConfig(), description="the spiking neuron")
    time_steps: Annotated[int, Field(ge=1, le=64)] = Field(8, description="time steps T")
    batch_norm: Literal["per_step", "over_time"] = Field(
        "per_step", description="statistics per time step (the reference) or over T·N (SpikingJelly's multi-step)"
    )


class Recipe(Frozen):
    """How a network is trained; supernet and winner alike."""

    epochs: Epochs = Field(600, description="epochs", json_schema_extra=PAPER)
    batch_size: Annotated[int, Field(ge=2, le=4096)] = Field(96, description="images a step", json_schema_extra=PAPER)
    learning_rate: Annotated[float, Field(gt=0, le=1)] = Field(
        1e-3, description="learning rate at the start", json_schema_extra=PAPER
    )
    optimizer: Literal["adam", "sgd"] = Field(
        "adam", description="adam, or sgd with momentum 0.9", json_schema_extra=PAPER
    )
    weight_decay: Annotated[float, Field(ge=0, le=1)] = Field(0.0, description="L2 penalty", json_schema_extra=PAPER)
    schedule: Literal["constant", "step", "cosine"] = Field(
        "constant",
        description="constant; step = ÷10 at 50 % and 75 % (paper's option with sgd); cosine to zero (ours)",
        json_schema_extra=PAPER,
    )
    loss: Literal["mse", "cross_entropy"] = Field(
        "mse",
        description="on the firing rates of the classes: mean squared error to one-hot (the paper's), or cross-entropy",
        json_schema_extra=OURS,
    )
    spike_regularisation: Annotated[float, Field(ge=0, le=1000)] = Field(
        0.0,
        description="λ_reg: adds λ_reg × the mean firing rate of the counted neurons to the loss; 0 = off. The paper "
        "studies 1, 0.1 and 0.01; its formula is not published, this dimensionless one is ours",
        json_schema_extra=PAPER,
    )
    cutout: Annotated[int, Field(ge=0, le=64)] = Field(
        0, description="side of a square blacked out at random in each training image; 0 = off", json_schema_extra=PAPER
    )


class SupernetConfig(Recipe):
    """Training of the weight-sharing supernet: one uniformly drawn path a batch (AutoSNN §4.2)."""


class SearchConfig(Frozen):
    """The search with the supernet's weights; by default the paper's spike-aware evolution (AutoSNN §4.3)."""

    algorithm: Algorithm = Field(
        "evolution",
        description="evolution (the paper's); random search and random sampling, its baselines: a random population a "
        "generation, or a single one; exhaustive: every architecture, the supernet's exact Pareto front; nsga2: "
        "accuracy and spikes as two objectives",
        json_schema_extra=PAPER,
    )
    generations: Annotated[int, Field(ge=1, le=1000)] = Field(
        20, description="generations; random sampling has one, exhaustive as many as it takes"
    )
    population: Annotated[int, Field(ge=2, le=1000)] = Field(20, description="architectures judged in a generation")
    parents: Annotated[int, Field(ge=2, le=1000)] = Field(10, description="best of all seen that may have offspring")
    mutations: Annotated[int, Field(ge=0, le=1000)] = Field(10, description="offspring by mutation a generation")
    crossovers: Annotated[int, Field(ge=0, le=1000)] = Field(10, description="offspring by crossover a generation")
    mutation_probability: Probability = Field(0.2, description="chance that a searched layer changes in a mutation")
    fitness_lambda: Annotated[float, Field(ge=-2, le=0)] = Field(
        -0.08, description="λ of the fitness accuracy·(N/N_avg)^λ; more negative = fewer spikes"
    )
    batch_size: Annotated[int, Field(ge=1, le=4096)] = Field(96, description="validation images judged at once")
    recalibration_batches: Annotated[int, Field(ge=0, le=1000)] = Field(
        0,
        description="training batches from which a path's batch-norm statistics are taken anew before it is judged; "
        "0 = the supernet's running statistics (the paper's)",
        json_schema_extra=OURS,
    )


class RetrainConfig(Recipe):
    """Training of the winner from scratch on the whole training set (AutoSNN §4.4)."""

    seeds: Annotated[int, Field(ge=1, le=100)] = Field(
        1,
        description="train the winner this often, with seeds seed, seed + 1, …, and report mean and spread; the "
        "downloaded network is the first",
        json_schema_extra=OURS,
    )
    trust: Annotated[int, Field(ge=0, le=200)] = Field(
        0,
        description="retrain this many judged architectures, spread evenly over the search's ranking, and report how "
        "well the supernet ranks them (Kendall's τ); 0 = none, else at least 3",
        json_schema_extra=OURS,
    )

    baselines: Annotated[tuple[str, ...], Field(max_length=20, strict=False)] = Field(
        (),
        description="also train these baselines of `python -m engine zoo` by this recipe, to be shown beside the front",
        json_schema_extra=PAPER,
    )
    baseline_channels: Annotated[int, Field(ge=1, le=1024)] | None = Field(
        None, description="initial channels C of the baselines; empty = each paper's", json_schema_extra=OURS
    )


class Arm(Frozen):
    """One side of a comparison: architectures that share a network, a data set and a recipe."""

    label: Annotated[str, Field(min_length=1, max_length=80), NO_NUL] = Field(description="what the arm is called")
    architectures: Annotated[tuple[str, ...], Field(max_length=MAX_TRAININGS, strict=False)] = Field(
        (), description="genomes, such as R5-S-C3"
    )
    random: Annotated[int, Field(ge=0, le=MAX_TRAININGS)] = Field(
        0, description="and this many architectures drawn uniformly, none twice"
    )
    zoo: Annotated[str, Field(max_length=40)] | None = Field(
        None, description="and this baseline of `python -m engine zoo`, in the arm's data, neuron and time steps"
    )
    zoo_channels: Annotated[int, Field(ge=1, le=1024)] | None = Field(
        None, description="the baseline's initial channels C; empty = its paper's"
    )
    network: NetworkConfig | None = Field(None, description="its own search space and neuron; empty = the study's")
    data: DataConfig | None = Field(None, description="its own data set; empty = the study's")
    retrain: RetrainConfig | None = Field(None, description="its own recipe; empty = the study's")

    @property
    def trainings(self) -> int:
        """Networks to train, once a seed."""
        return len(self.architectures) + self.random + (self.zoo is not None)


class AnalysisConfig(Frozen):
    """What an analysis study trains: every architecture of every arm, once a seed."""

    arms: Annotated[tuple[Arm, ...], Field(min_length=1, max_length=64, strict=False)] = Field(
        description="the sides of the comparison"
    )
    seeds: Annotated[int, Field(ge=1, le=100)] = Field(
        1, description="train each architecture this often, with seeds seed, seed + 1, …"
    )
    table: Literal["base", "blocks", "regularisation", "transfer"] | None = Field(
        None, description="the poster's table to stand beside: arms with the labels of its rows are compared with them"
    )


Precision = Literal["float32", "tf32", "bfloat16"]
"""What a GPU computes convolutions in."""


class RuntimeConfig(Frozen):
    """Where it runs. Part of the config because bit-identity needs the same thread count."""

    threads: Annotated[int, Field(ge=1, le=256)] = Field(2, description="CPU threads of the worker")
    device: Literal["auto", "cpu", "cuda"] = Field("auto", description="auto = a GPU if there is one")
    precision: Precision = Field(
        "float32",
        description="what a GPU computes convolutions in: single precision; tf32 = weights rounded to 10 bits; "
        "bfloat16 = to 7, in half the memory. Spikes are exact and potentials single precision in each",
    )


class StudyConfig(Frozen):
    """A whole study. The same seed and config give the same events on one machine."""

    version: Literal[1] = Field(1, description="version of this format")
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
    def neuron_parameters(self) -> int:
        """Learnable parameters of one neuron layer."""
        return 1 if self.network.neuron.kind == "plif" else 0

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        space, search = self.space, self.search
        if not space.choices:
            raise ValueError("network.macro.layers: at least one layer must be searched")
        breeds = search.algorithm in ("evolution", "nsga2")
        if search.algorithm == "exhaustive" and space.size > MAX_EXHAUSTIVE:
            raise ValueError(
                f"search.algorithm: exhaustive search judges at most {MAX_EXHAUSTIVE:,} architectures, the space has "
                f"{space.size:,}"
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
        self._ann_mode_fits()
        self._shapes_exist(space)
        self._baselines_fit()
        if self.analysis is not None:
            self._analysis_fits(self.analysis)
        return self

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
        if self.network.neuron.kind != "relu":
            return
        network = self.network
        if network.time_steps != 1:
            raise ValueError(
                f"network.time_steps: ANN mode (network.neuron.kind relu) has T = 1, got {network.time_steps}"
            )
        if network.macro.votes_per_class != 1:
            raise ValueError(
                "network.macro.votes_per_class: ANN mode (network.neuron.kind relu) has no voting layer: 1, got "
                f"{network.macro.votes_per_class}"
            )
        for part, recipe in (("supernet", self.supernet), ("retrain", self.retrain)):
            if recipe.spike_regularisation:
                raise ValueError(
                    f"{part}.spike_regularisation: ANN mode (network.neuron.kind relu) has no spikes to regularise: 0, "
                    f"got {recipe.spike_regularisation:g}"
                )

    def _shapes_exist(self, space: SearchSpace) -> None:
        """Every candidate of every layer must build; layers are independent, so one architecture per choice will do."""
        for k in range(max(len(blocks) for blocks in space.choices)):
            architecture = Architecture(tuple(blocks[min(k, len(blocks) - 1)] for blocks in space.choices))
            try:
                rows(space.macro, architecture, self.input, self.neuron_parameters)
            except ShapeError as error:
                raise ValueError(f"{_field_of(error.layer)}: {error}") from error

    def canonical(self) -> str:
        """Canonical JSON: sorted keys, no spaces. Two equal configs have equal text."""
        return json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))

    def digest(self) -> str:
        """SHA-256 of what decides the result: the config without its name and without what is at its default.

        So a later version's new options, which default to what was, leave the digests of earlier studies alone.
        """
        content = self.model_dump(mode="json", exclude_defaults=True, exclude={"name"})
        return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _field_of(layer: str) -> str:
    """The field that describes a layer which cannot be built: layer "3" is the third of the list, others the stem's."""
    return f"network.macro.layers.{int(layer) - 1}" if layer.isdecimal() else "network.macro.extra_stem"


def _require_baseline(name: str, channels: int | None, config: StudyConfig) -> None:
    """Raise ConfigError where the zoo has no such baseline, and ShapeError where the data are too small for it."""
    from engine.zoo.registry import ZOO  # the zoo describes itself in this module's terms
    from engine.zoo.shapes import rows as baseline_rows

    if name not in ZOO:
        raise ConfigError([f"zoo must be one of {', '.join(ZOO)}, got {name[:60]!r}"])
    if config.network.neuron.kind == "relu":
        raise ConfigError(["zoo baselines vote with spikes: network.neuron.kind must be plif, lif or if, got relu"])
    baseline_rows(ZOO[name], config.input, channels, config.neuron_parameters)


def parse_config(document: str | bytes | dict[str, Any]) -> StudyConfig:
    """Read a config from JSON text or a decoded object. Raises ConfigError with one line per wrong field."""
    if not isinstance(document, dict):
        document = _decode(document)
    try:
        return StudyConfig.model_validate_json(_encoded(document))
    except ValidationError as error:
        raise ConfigError([_line(e) for e in error.errors(include_url=False)]) from error
    except (ValueError, RecursionError) as error:
        raise ConfigError([f"config: cannot be read as JSON: {str(error)[:200]}"]) from error


def _decode(text: str | bytes) -> dict[str, Any]:
    if len(text) > MAX_JSON_BYTES:
        raise ConfigError([f"config: at most {MAX_JSON_BYTES:,} bytes, got {len(text):,}"])
    try:
        document = json.loads(text, object_pairs_hook=_no_duplicates)
    except ConfigError:
        raise
    except (ValueError, RecursionError) as error:
        raise ConfigError([f"config: not valid JSON: {str(error)[:200]}"]) from error
    if not isinstance(document, dict):
        raise ConfigError(["config: must be a JSON object"])
    return document


def _encoded(document: dict[str, Any]) -> bytes:
    """Half a surrogate pair, which JSON can say in an escape, has no UTF-8: what reads this would not say where."""
    try:
        return json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise ConfigError(list(_halves("", document))) from error


def _halves(field: str, part: object) -> Iterator[str]:
    """A line for each text with half a surrogate pair, and for each object with a key of such a text."""
    if isinstance(part, str) and (half := SURROGATE.search(part)):
        yield f"{field}: must not contain the character U+{ord(half[0]):X}, half of a pair"
    elif isinstance(part, dict):
        if any(SURROGATE.search(key) for key in part):
            yield f"{field or 'config'}: has a key with half of a pair of characters (U+D800 to U+DFFF)"
        for key, value in part.items():
            yield from _halves(f"{field}.{key}".lstrip("."), value)
    elif isinstance(part, list):
        for place, value in enumerate(part):
            yield from _halves(f"{field}.{place}", value)


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = [key for key, _ in pairs]
    for key in keys:
        if keys.count(key) > 1:
            raise ConfigError([f"config: the key {key[:60]!r} is given twice"])
    return dict(pairs)


def _line(error: Any) -> str:
    """One pydantic error as `field.path: what is allowed, what was given`."""
    path = ".".join(str(part) for part in error["loc"])
    message = str(error["msg"]).removeprefix("Value error, ")
    if not path:
        return message
    if error["type"] == "value_error" and FIELD_FIRST.match(message):
        return f"{path}.{message}"
    return f"{path}: {in_words(error)}"


def random_architecture(config: StudyConfig, salt: str) -> Architecture:
    """An architecture of the space that depends on the config's seed and `salt` alone."""
    return config.space.sample(random.Random(f"{config.seed}/{salt}"))
