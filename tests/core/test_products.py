"""Matrix products on one thread: the same numbers, and no other thread at work."""

import subprocess
import sys

import numpy as np
import pytest

from mien.core.products import ALONE, product

SHAPES = [(84, 257, 40), (33, 176, 64), (21, 384, 96), (1, 3, 2), (0, 5, 4), (5, ALONE, 1), (3, ALONE + 1, 1)]

WORK = """
import time
import numpy as np
from mien.core.products import product
a, b = np.ones((400, 384), np.float32), np.ones((384, 96), np.float32)
product(a, b)
time.sleep(0.5)  # BLAS's threads spin for a moment after they were made
every, own = time.process_time(), time.thread_time()
for _ in range(200):
    product(a, b)
print(time.process_time() - every, time.thread_time() - own)
"""


@pytest.mark.parametrize("shape", SHAPES)
def test_a_product_is_what_numpy_makes_of_it(shape: tuple[int, int, int]) -> None:
    n, k, c = shape
    chance = np.random.default_rng(0)
    rows, matrix = chance.normal(size=(n, k)).astype(np.float32), chance.normal(size=(c, k)).astype(np.float32).T
    made = product(rows, matrix)
    assert made.dtype == np.float32 and made.shape == (n, c)
    assert made == pytest.approx(rows @ matrix, rel=1e-4, abs=1e-3 * np.sqrt(k))


def test_no_other_thread_works_on_it() -> None:
    every, own = map(float, subprocess.check_output([sys.executable, "-c", WORK]).split())
    assert every < 1.2 * own + 0.01
