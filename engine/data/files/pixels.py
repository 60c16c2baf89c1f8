"""One image file to pixels, bounded before it is decoded. No torch."""

from __future__ import annotations

import io
import warnings

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.errors import DataError

FORMATS = ("PNG", "JPEG", "BMP")
SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp")
GREY = ("1", "L", "I;16")
MAX_BYTES = 20_000_000
MAX_PIXELS = 50_000_000


def decode_image(data: bytes, name: str, channels: int, size: int | None = None) -> NDArray[np.uint8]:
    """[channels, H, W] in grey or RGB; with `size`, the centre square resized to size × size.

    Raises DataError above MAX_PIXELS, which the header tells, and for anything but PNG, JPEG and BMP.
    """
    image = _opened(data, name)
    try:
        converted = image.convert("L" if channels == 1 else "RGB")
    except (OSError, SyntaxError, ValueError) as error:
        raise DataError(f"{name}: not a readable PNG, JPEG or BMP: {str(error)[:120]}") from error
    if size is not None:
        converted = _centre_square(converted, size)
    pixels = np.asarray(converted, np.uint8)
    return np.ascontiguousarray(pixels[None] if channels == 1 else pixels.transpose(2, 0, 1))


def look(data: bytes, name: str) -> tuple[int, int]:
    """(channels, shorter side) as the header tells; 1 channel for grey and black-and-white. Raises DataError."""
    image = _opened(data, name)
    return 1 if image.mode in GREY else 3, min(image.size)


def _opened(data: bytes, name: str) -> Image.Image:
    """Header read and bounded, pixels not yet decoded."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own bound is told below
            image = Image.open(io.BytesIO(data), formats=FORMATS)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise DataError(f"{name}: not a readable PNG, JPEG or BMP: {str(error)[:120]}") from error
    if image.width * image.height > MAX_PIXELS:
        raise DataError(f"{name}: {image.width:,} × {image.height:,} pixels; at most {MAX_PIXELS:,} in all")
    return image


def _centre_square(image: Image.Image, size: int) -> Image.Image:
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    if image.size == (size, size):
        return image
    return image.resize((size, size), Image.Resampling.BILINEAR, (left, top, left + side, top + side))
