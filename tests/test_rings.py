"""Imports point inwards, in rings (docs/design.md)."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import mien

ROOT = Path(mien.__file__).parent
RINGS = {
    "core": 0,
    "media": 1, "face": 1, "language": 1, "style": 1,
    "voices": 2, "aligners": 2, "generators": 2, "trackers": 2, "renderers": 2, "agents": 2, "affect": 2,
    "performance": 3, "training": 3, "evaluation": 3, "testing": 3, "pointing": 3,
    "server": 4, "cli": 4, "listing": 4,
}  # fmt: skip
STAGES = {name for name, ring in RINGS.items() if ring == 2}


def imports(path: Path) -> set[str]:
    """The parts of mien that a file imports: "core", "media" …"""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        modules = [a.name for a in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module:
            modules = [node.module]
        found |= {m.split(".")[1] for m in modules if m.startswith("mien.")}
    return found


FILES = [p for p in sorted(ROOT.rglob("*.py")) if p.parent != ROOT or p.stem in RINGS]


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_inwards_and_stages_never_import_each_other(path: Path) -> None:
    own = path.relative_to(ROOT).parts[0].removesuffix(".py")
    for other in imports(path) - {own}:
        assert RINGS[other] < RINGS[own] or (RINGS[other] == RINGS[own] != 2), f"{own} imports {other}"


def test_every_package_has_a_ring() -> None:
    packages = {p.name for p in ROOT.iterdir() if p.is_dir() and p.name != "__pycache__"}
    assert packages <= set(RINGS)


def test_importing_mien_and_its_core_loads_nothing_heavy() -> None:
    heavy = "{'scipy', 'numba', 'cv2', 'av', 'onnxruntime', 'PIL', 'ai_edge_litert', 'torch', 'c2pa', 'cryptography'}"
    code = f"import sys, mien, mien.cli; print({heavy} & set(sys.modules), 'numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set() False"
