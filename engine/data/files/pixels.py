"""One picture file to pixels, bounded before it is decoded."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageOps

from engine.data.files.sniff import what_it_is
from engine.errors import DataError

FORMATS = ("PNG", "JPEG", "BMP", "GIF", "TIFF", "PPM")
SUFFIXES = (
    ".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".bmp", ".gif", ".tif", ".tiff", ".ppm", ".pgm", ".pbm", ".pnm",
)  # fmt: skip
TITLE = "PNG, JPEG, BMP, GIF, TIFF or PPM"
OTHER_SUFFIXES = (
    ".webp", ".avif", ".heic", ".heif", ".jp2", ".j2k", ".svg", ".psd", ".dcm", ".nii", ".exr", ".hdr", ".tga", ".ico",
    ".cr2", ".nef", ".arw", ".dng", ".jxl",
)  # fmt: skip
"""Pictures that are not read: they are counted and named."""
GREY = ("1", "L", "LA", "La", "I;16", "I;16L", "I;16B", "I")
DEEP = ("I;16", "I;16L", "I;16B", "I")
"""16 bits a pixel; "I" is what PNG and PPM of 16 bits are opened as."""
BACKGROUND = "white"
"""What transparent pixels are laid on."""
MAX_BYTES = 20_000_000
MAX_PIXELS = 50_000_000

Trait = Literal["16-bit", "turned", "transparent", "animated"]
TRAITS: dict[Trait, str] = {
    "16-bit": "of 16 bits, scaled from 0…65,535 to 0…255",
    "turned": "turned upright as their EXIF orientation says",
    "transparent": f"with transparency, laid on {BACKGROUND}",
    "animated": "with several frames or pages, the first of which is taken",
}


@dataclass(frozen=True)
class Look:
    """A picture as its header tells: 1 channel for grey and black-and-white, else 3; and what is done to it."""

    channels: int
    width: int
    height: int
    traits: frozenset[Trait]


def decode_image(data: bytes, name: str, channels: int, size: int | None = None) -> NDArray[np.uint8]:
    """uint8 [channels, H, W] in grey or RGB, upright; with `size`, the centre square resized to size × size.

    16 bits are scaled to 8, transparency lies on white, of several frames the first is taken. Raises DataError above
    MAX_PIXELS, which the header tells, and for anything but FORMATS.
    """
    return decode_picture(data, name, channels, size)[0]


def decode_picture(data: bytes, name: str, channels: int, size: int | None) -> tuple[NDArray[np.uint8], Look]:
    """The same pixels [channels, H, W], and what the header tells."""
    image = _opened(data, name)
    try:
        with _in_silence():
            looked = _looked(image)
            image.load()
            converted = _flat(ImageOps.exif_transpose(image), name, channels)
    except (OSError, SyntaxError, ValueError, EOFError, MemoryError) as error:
        raise DataError(f"{name}: not a readable {TITLE}: {what_it_is(data, error)}") from error
    if size is not None:
        converted = _centre_square(converted, size)
    pixels = np.asarray(converted, np.uint8)
    return np.ascontiguousarray(pixels[None] if channels == 1 else pixels.transpose(2, 0, 1)), looked


def look(data: bytes, name: str) -> Look:
    """What the header tells; no pixel is decoded. Raises DataError."""
    image = _opened(data, name)
    with _in_silence():
        return _looked(image)


@contextmanager
def _in_silence() -> Iterator[None]:
    """Our own bounds are told as errors, and damaged metadata turns nothing: neither is worth a warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _looked(image: Image.Image) -> Look:
    found: dict[Trait, bool] = {
        "16-bit": image.mode in DEEP,
        "turned": _orientation(image) not in (None, 1),
        "transparent": image.mode not in DEEP and image.has_transparency_data,
        "animated": bool(getattr(image, "is_animated", False)),
    }
    traits = frozenset(trait for trait, held in found.items() if held)
    return Look(1 if image.mode in GREY else 3, image.width, image.height, traits)


def _orientation(image: Image.Image) -> int | None:
    try:
        return image.getexif().get(ExifTags.Base.Orientation)
    except Exception:  # a damaged EXIF block can raise anything, and turns nothing
        return None


def _opened(data: bytes, name: str) -> Image.Image:
    """Header read and bounded, pixels not yet decoded."""
    try:
        with _in_silence():
            image = Image.open(io.BytesIO(data), formats=FORMATS)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise DataError(f"{name}: not a readable {TITLE}: {what_it_is(data, error)}") from error
    if image.width * image.height > MAX_PIXELS:
        raise DataError(f"{name}: {image.width:,} × {image.height:,} pixels; at most {MAX_PIXELS:,} in all")
    return image


def _flat(image: Image.Image, name: str, channels: int) -> Image.Image:
    """8 bits, grey or RGB, without transparency."""
    if image.mode in DEEP:
        image = Image.fromarray(_from_16_bits(np.asarray(image), name))
    elif image.mode == "F":
        raise DataError(
            f"{name}: holds floating-point numbers, whose black and white it does not tell; save 8 or 16 bits"
        )
    elif image.has_transparency_data:
        over = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", over.size, BACKGROUND), over)
    return image.convert("L" if channels == 1 else "RGB")


def _from_16_bits(pixels: NDArray[np.int32] | NDArray[np.uint16], name: str) -> NDArray[np.uint8]:
    """0…65,535 to 0…255, rounded."""
    if int(pixels.min(initial=0)) < 0 or int(pixels.max(initial=0)) > 65_535:
        raise DataError(f"{name}: has pixels from {pixels.min():,} to {pixels.max():,}; at most 16 bits are read")
    return ((pixels.astype(np.uint32) * 255 + 32_767) // 65_535).astype(np.uint8)


def _centre_square(image: Image.Image, size: int) -> Image.Image:
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    if image.size == (size, size):
        return image
    return image.resize((size, size), Image.Resampling.BILINEAR, (left, top, left + side, top + side))
