"""Pictures become pixels as people see them: scaled, upright, on white; and what was done is told."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from engine.data.files.pixels import FORMATS, decode_image, look
from engine.errors import DataError

RAMP = np.linspace(0, 65_535, 256).astype(np.uint16).reshape(16, 16)
COLOURS = np.random.default_rng(5).integers(0, 256, (16, 16, 3), np.uint8)


def written(image: Image.Image, kind: str, **more: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **more)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "PPM"])
def test_16_bits_of_grey_are_scaled_and_not_clipped(kind):
    data = written(Image.fromarray(RAMP), kind)
    assert decode_image(data, "a", 1).ravel().tolist() == list(range(256))
    assert (look(data, "a").channels, look(data, "a").traits) == (1, {"16-bit"})


def test_16_bits_of_a_big_endian_tiff_are_scaled_too():
    data = bytearray(written(Image.fromarray(RAMP), "TIFF"))
    big = Image.frombytes("I;16B", (16, 16), RAMP.astype(">u2").tobytes())
    assert decode_image(written(big, "TIFF"), "a", 1).tolist() == decode_image(bytes(data), "a", 1).tolist()


def test_16_bits_a_channel_keep_their_upper_byte():
    rows = b"".join(b"\0" + np.repeat(row[:, None], 3, 1).astype(">u2").tobytes() for row in RAMP)
    parts = ((b"IHDR", struct.pack(">IIBBBBB", 16, 16, 16, 2, 0, 0, 0)), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    chunks = (struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in parts)
    found = decode_image(b"\x89PNG\r\n\x1a\n" + b"".join(chunks), "a", 3)
    assert found[1].ravel().tolist() == (RAMP >> 8).ravel().tolist()


def test_more_than_16_bits_and_floating_point_are_refused():
    deep = Image.fromarray(np.full((8, 8), 70_000, np.int32))
    with pytest.raises(DataError, match="a: has pixels from 70,000 to 70,000; at most 16 bits"):
        decode_image(written(deep, "TIFF"), "a", 1)
    with pytest.raises(DataError, match="a: holds floating-point numbers"):
        decode_image(written(Image.fromarray(np.zeros((8, 8), np.float32)), "TIFF"), "a", 1)


TURNS = {
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.transpose(1, 0, 2),
    6: lambda a: np.rot90(a, -1),
    7: lambda a: a[::-1, ::-1].transpose(1, 0, 2),
    8: lambda a: np.rot90(a),
}


@pytest.mark.parametrize("orientation", TURNS)
@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_pictures_are_turned_as_their_exif_orientation_says(orientation, kind):
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = COLOURS[:, :12]
    data = written(Image.fromarray(stored), kind, exif=exif)
    np.testing.assert_array_equal(decode_image(data, "a", 3).transpose(1, 2, 0), TURNS[orientation](stored))
    assert ("turned" in look(data, "a").traits) == (orientation != 1)


def test_a_damaged_exif_block_turns_nothing():
    data = written(Image.fromarray(COLOURS), "PNG", exif=b"Exif\0\0MM\0*" + b"\xff" * 20)
    np.testing.assert_array_equal(decode_image(data, "a", 3).transpose(1, 2, 0), COLOURS)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_transparent_lies_on_white(mode):
    clear = Image.new("RGBA", (8, 8), (10, 20, 30, 0)).convert(mode)
    if mode == "P":
        clear = Image.new("L", (8, 8), 3).convert("P")
        clear.info["transparency"] = 3
    data = written(clear, "PNG")
    assert np.unique(decode_image(data, "a", 3)).tolist() == [255]
    assert "transparent" in look(data, "a").traits


def test_half_transparent_is_half_white():
    data = written(Image.new("RGBA", (8, 8), (0, 100, 255, 128)), "PNG")
    assert decode_image(data, "a", 3)[:, 0, 0].tolist() == [127, 177, 255]


def test_of_an_animation_the_first_frame_is_taken():
    first, second = (Image.new("L", (8, 8), value) for value in (0, 255))
    data = written(first, "GIF", save_all=True, append_images=[second])
    assert decode_image(data, "a", 1).max() == 0
    assert look(data, "a").traits == {"animated"}


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_is_read(kind):
    grey = Image.fromarray(np.full((16, 16), 90, np.uint8))
    assert abs(int(decode_image(written(grey, kind), "a", 3).mean()) - 90) <= 1


@pytest.mark.parametrize(("mode", "channels"), [("1", 1), ("L", 1), ("LA", 1), ("P", 3), ("RGB", 3), ("CMYK", 3)])
def test_channels_are_what_the_header_tells(mode, channels):
    assert look(written(Image.new(mode, (8, 8)), "TIFF" if mode == "CMYK" else "PNG"), "a").channels == channels


def test_a_picture_of_60000_by_60000_pixels_is_refused_by_its_header():
    data = b"P5 60000 60000 255\n"
    with pytest.raises(DataError, match=r"a: (60,000 × 60,000 pixels; at most 50,000,000|not a readable .*exceeds)"):
        decode_image(data, "a", 1)


def test_no_message_shows_how_pillow_was_called():
    for data in (b"", b"rubbish", written(Image.fromarray(COLOURS), "PNG")[:60]):
        with pytest.raises(DataError, match="a: not a readable PNG") as told:
            decode_image(data, "a", 3)
        assert "BytesIO" not in str(told.value)
