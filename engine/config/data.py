"""The data set of a study: which samples, at which size, split how."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from engine.config.catalog import CATALOG, DatasetInfo, DatasetName
from engine.config.fields import NO_NUL, OURS
from engine.schema.frozen import Frozen
from engine.space.shapes import Input


class DataConfig(Frozen):
    """Which images, at which size, split how."""

    dataset: DatasetName = Field(
        "digits",
        description="digits ships with scikit-learn; the others are read from disk; images and events are your own; so "
        "are those that your own parts bring",
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
        0.2, description="share of the training set the search evaluates on"
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
