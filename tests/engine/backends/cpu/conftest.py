"""What all tests of the kernels share."""

import pytest
import torch


@pytest.fixture(autouse=True)
def one_thread():
    """Small networks gain nothing from a second thread, and on a busy machine wait for it."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
