"""Which columns of a Parquet file hold the pictures and their labels, and how labels are named."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.data.readers.label_tables import LABEL_COLUMNS
from engine.errors import DataError

if TYPE_CHECKING:
    import pyarrow as pa

IMAGE_COLUMNS = ("image", "img", "picture", "pixels")
FIRST_LABELS = ("label", "labels", "fine_label")
"""Where several columns may be the label, the first of these is."""
NO_LABEL = -1
"""What Hugging Face writes for the labels of a test split that are kept back."""


@dataclass(frozen=True)
class Columns:
    """`image` holds encoded pictures, in its field `bytes` where `nested`; `classes` are the names of whole numbers.

    `said` are clauses for the note.
    """

    image: str
    nested: bool
    label: str
    classes: tuple[str, ...] = ()
    said: tuple[str, ...] = field(default=(), compare=False)

    def class_name(self, label: object, file: str) -> str | None:
        """The class of one row; None where it has none. Raises DataError for a number that the file does not name."""
        if label is None or label == "" or (isinstance(label, int) and label == NO_LABEL):
            return None
        if not self.classes or isinstance(label, str):
            return str(label)
        if not isinstance(label, int) or not 0 <= label < len(self.classes):
            raise DataError(
                f"{file}: {self.label} is {label!r}; the file names the classes 0 to {len(self.classes) - 1}"
            )
        return self.classes[label]


def columns_of(schema: pa.Schema, file: str) -> Columns:
    """By what Hugging Face notes in the file, else by types and names. Raises DataError where it cannot be told."""
    noted = _features(schema)
    image = _image(schema, noted, file)
    label, said = _label(schema, noted, image, file)
    classes = tuple(str(name) for name in noted.get(label, {}).get("names") or ())
    if len(set(classes)) < len(classes):
        raise DataError(f"{file}: two classes of {label} have one name")
    import pyarrow as pa

    return Columns(image, pa.types.is_struct(schema.field(image).type), label, classes, said)


def _features(schema: pa.Schema) -> Mapping[str, Mapping[str, Any]]:
    """Each column's feature as Hugging Face's datasets notes it; none where a file was written otherwise."""
    try:
        noted = json.loads((schema.metadata or {}).get(b"huggingface", b"{}"))
        features = noted["info"]["features"]
    except (ValueError, KeyError, TypeError):
        return {}
    if not isinstance(features, dict):
        return {}
    return {name: feature for name, feature in features.items() if isinstance(feature, dict)}


def _image(schema: pa.Schema, noted: Mapping[str, Mapping[str, Any]], file: str) -> str:
    held = [name for name in schema.names if noted.get(name, {}).get("_type") == "Image"]
    found = held or [name for name in schema.names if _is_picture(schema.field(name).type)]
    named = [name for wanted in IMAGE_COLUMNS for name in found if name.lower() == wanted]
    if len(found) != 1 and not named:
        raise DataError(f"{file}: {_several(found)} of encoded pictures; name it {IMAGE_COLUMNS[0]} ({_held(schema)})")
    chosen: str = named[0] if named else found[0]
    if not _is_picture(schema.field(chosen).type):
        raise DataError(f"{file}: {chosen} is {schema.field(chosen).type}, not the bytes of encoded pictures")
    return chosen


def _is_picture(of: pa.DataType) -> bool:
    """Bytes, or bytes beside a path."""
    import pyarrow as pa

    if pa.types.is_struct(of):
        return any(of.field(k).name == "bytes" and _is_binary(of.field(k).type) for k in range(of.num_fields))
    return _is_binary(of)


def _is_binary(of: pa.DataType) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_binary(of) or pa.types.is_large_binary(of))


def _label(
    schema: pa.Schema, noted: Mapping[str, Mapping[str, Any]], image: str, file: str
) -> tuple[str, tuple[str, ...]]:
    held = [name for name in schema.names if noted.get(name, {}).get("_type") == "ClassLabel"]
    found = held or [name for name in schema.names if name != image and _is_label(schema.field(name).type)]
    if len(found) > 1:
        found = _named(found, FIRST_LABELS)[:1] or _named(found, sorted(LABEL_COLUMNS)) or found
    if len(found) != 1:
        raise DataError(f"{file}: {_several(found)} of labels; name it label ({_held(schema)})")
    rest = [name for name in schema.names if name not in (image, found[0])]
    return found[0], ((f"columns not read: {', '.join(rest)}",) if rest else ())


def _named(found: Sequence[str], wanted: Iterable[str]) -> list[str]:
    return [name for one in wanted for name in found if name.lower().replace("_", "") == one.replace("_", "")]


def _is_label(of: pa.DataType) -> bool:
    import pyarrow as pa

    values = of.value_type if pa.types.is_dictionary(of) else of
    text = pa.types.is_string(values) or pa.types.is_large_string(values)
    return bool(text or pa.types.is_integer(values) or pa.types.is_boolean(values))


def _several(found: Sequence[str]) -> str:
    return f"{len(found)} columns ({', '.join(found)})" if found else "no column"


def _held(schema: pa.Schema) -> str:
    return "it has " + ", ".join(f"{name}: {schema.field(name).type}" for name in schema.names[:8])
