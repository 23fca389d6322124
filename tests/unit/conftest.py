"""What tests of many parts start from."""

import pytest

from workbench.media.samples import write_samples


@pytest.fixture(scope="session")
def samples(tmp_path_factory):
    """The folder of sample pictures, drawn once: a test that changes something works on a copy."""
    folder = tmp_path_factory.mktemp("samples")
    write_samples(folder)
    return folder
