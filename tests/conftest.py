"""Fixtures every test may use."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The companion data folder beside the checkout, when there is one."""
    if not SHARED.is_dir():
        pytest.skip("no ../shared/data beside this checkout: tests on real clips and portraits need it")
    return SHARED
