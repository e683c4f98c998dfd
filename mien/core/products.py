"""Matrix products that stay on the thread that asks for them.

OpenBLAS, which numpy carries, shares a product between all cores from some size on. For matrices of a few rows, dozens
of times a second, its threads wait for each other longer than they work, and take the cores that draw pictures.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import numpy.typing as npt

F = TypeVar("F", bound=np.floating)

ALONE = 65536 * 4
"""Multiplications up to which OpenBLAS stays on one thread: SMP_THRESHOLD_MIN × GEMM_MULTITHREAD_THRESHOLD."""


def product(rows: npt.NDArray[F], matrix: npt.NDArray[F]) -> npt.NDArray[F]:
    """(n, c) rows @ matrix, a few rows at a time. rows : (n, k); matrix : (k, c)

    >>> product(np.ones((3, 2)), np.eye(2)).tolist()
    [[1.0, 1.0], [1.0, 1.0], [1.0, 1.0]]
    """
    size = max(1, ALONE // max(1, matrix.size))
    out = np.empty((len(rows), matrix.shape[1]), np.result_type(rows, matrix))
    for first in range(0, len(rows), size):
        np.matmul(rows[first : first + size], matrix, out=out[first : first + size])
    return out
