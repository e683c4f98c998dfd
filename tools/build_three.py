"""Build mien/server/web/three.js: what the page's head needs of three.js, in one file, from npm.

    python tools/build_three.py    # wants npm; fetches three and esbuild into a temporary folder

The file is committed, so that nobody needs node to use mien and no page loads anything from elsewhere.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

PACKAGES = ("three@0.187.0", "esbuild@0.28.2")
TARGET = Path(__file__).resolve().parents[1] / "mien/server/web/three.js"

NEEDED = """
export { ACESFilmicToneMapping, Color, DirectionalLight, HemisphereLight, PerspectiveCamera, Scene, WebGLRenderer }
  from "three";
export { GLTFLoader } from "three/examples/jsm/loaders/GLTFLoader.js";
"""

BUNDLE = ("--bundle", "--format=esm", "--minify", "--legal-comments=inline", "--target=es2022")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "entry.js").write_text(NEEDED)
        subprocess.run(["npm", "init", "-y"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", *PACKAGES], cwd=folder, check=True)
        subprocess.run(["npx", "esbuild", "entry.js", *BUNDLE, f"--outfile={TARGET}"], cwd=folder, check=True)
        shutil.copy(Path(folder) / "node_modules/three/LICENSE", TARGET.with_name("three.LICENSE.txt"))
    print(f"{TARGET}: {TARGET.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
