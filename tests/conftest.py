"""Fixtures every test may use."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("mien", deadline=None)  # how long a test takes is the machine's business, and its load's
settings.load_profile("mien")

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The companion data folder beside the checkout, when there is one."""
    if not SHARED.is_dir():
        pytest.skip("no ../shared/data beside this checkout: tests on real clips and portraits need it")
    return SHARED


@pytest.fixture(scope="session", autouse=True)
def no_key_of_the_user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Tests sign with an authority of their own, in this process and in those it starts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
        for name in ("MIEN_SIGNING_KEY", "MIEN_SIGNING_CERT"):
            patch.delenv(name, raising=False)
        yield
