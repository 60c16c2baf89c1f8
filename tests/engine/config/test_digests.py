"""The digests of stored studies: what a preset's config is known by must not change with the code around it."""

import pytest

from engine.config.presets import PRESETS

DIGESTS = {
    "quick-look": "279b5c74e173d347",
    "cifar10-hour": "b1066331adcb86f7",
    "n-mnist-small": "f71579324e4a5b19",
    "digits-exhaustive": "a264b3aa2135f088",
    "digits-nsga2": "af72e62343420536",
    "digits-trust": "9caa7554cf301ac6",
    "digits-blocks": "ecd7467eed13d394",
    "digits-space": "313071f46ed39ebc",
    "paper-cifar10": "f518641827332abb",
    "autosnn-32": "5e4a6d661bbea7fc",
    "autosnn-64": "538430c0d43d6453",
    "autosnn-128": "4d29e18c21a63c5c",
    "snn-2": "e34e9d81e5ec2d98",
    "snn-3": "4ec1823eacd0c45a",
    "snn-4": "1763b9f010e08b4b",
    "table-base": "ff8181319f8f66be",
    "table-blocks": "ed793fc01fccb0fe",
    "table-regularisation": "756880ec4576e1bd",
    "space-quality": "049921a173d96e7b",
    "found": "4d6a169c726f45c1",
    "transfer-width": "ac8b34d86a3a3eae",
    "table-transfer": "c4d614fb8bd4ad58",
    "ann-space": "99de8af87d2eebe8",
    "lambda-0": "fde1cc596f33d862",
    "lambda-0.16": "634dc8182b8924f2",
    "lambda-0.24": "ca90168ebe360a1e",
    "scaled-base": "8260fd9294d1546a",
    "scaled-blocks": "fd0b98b09c983a15",
    "scaled-regularisation": "637bcabbd6b370bc",
    "scaled-lambda-0": "c116d68fd2ae82fc",
    "scaled-lambda-0.08": "2c7172bd8076177c",
    "scaled-lambda-0.16": "67ad1e5e09037ae7",
    "scaled-lambda-0.24": "e5180920deb8938c",
    "findings-base": "7470699e1d68b20d",
    "findings-regularisation": "9618dbcee65cfad8",
    "findings-blocks": "78fc04e83274f861",
}
"""The first 16 digits of each, as of 2026."""


@pytest.mark.parametrize("key", PRESETS)
def test_a_preset_keeps_its_digest(key):
    assert PRESETS[key].config.digest()[:16] == DIGESTS[key]
