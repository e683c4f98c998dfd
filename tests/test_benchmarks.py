"""What the benchmarks take hold of is there: they are run by hand, and must not be found broken then."""

import importlib

import pytest

from benchmarks.__main__ import SECTIONS
from benchmarks.drawing import STAGES


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: str(stage[0]))
def test_every_stage_of_drawing_that_is_timed_exists(stage) -> None:
    _, place, attribute = stage
    assert callable(getattr(place, attribute))


@pytest.mark.parametrize("name", SECTIONS)
def test_every_section_has_a_title_and_can_be_asked(name: str) -> None:
    module = importlib.import_module(f"benchmarks.{name}")
    assert module.TITLE and (hasattr(module, "rows") or hasattr(module, "report"))
