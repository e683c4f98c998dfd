from importlib.metadata import EntryPoint

import pytest

from mien.core import registry
from mien.core.errors import MissingExtra, WrongUse


def test_every_built_in_backend_loads() -> None:
    for kind in ("voices", "aligners", "generators", "renderers"):
        for name in registry.names(kind):
            assert registry.backend(kind, name).__doc__, f"{name} says nothing about itself"


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(WrongUse, match="unknown renderer 'portait': did you mean 'portrait'"):
        registry.backend("renderers", "portait")


def test_a_missing_package_names_the_extra_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    point = EntryPoint("live", "not_installed_anywhere:Thing [live]", "mien.voices")
    monkeypatch.setattr(registry, "_points", lambda kind: {"live": point})
    with pytest.raises(
        MissingExtra, match=r"'live' needs the package 'not_installed_anywhere': pip install 'mien\[live\]'"
    ):
        registry.backend("voices", "live")
