"""A server's memory: glibc says itself how many heaps there are."""

import platform
import subprocess
import sys

import pytest

THREADS_THAT_ALLOCATE = """
import ctypes, threading
from mien.server.heaps import few_heaps
{call}
held, start = [], threading.Barrier(12)
def work():
    start.wait()
    held.append([bytearray(40_000) for _ in range(20)])
    start.wait()
threads = [threading.Thread(target=work) for _ in range(12)]
for thread in threads: thread.start()
for thread in threads: thread.join()
ctypes.CDLL("libc.so.6").malloc_stats()
"""


def heaps(call: str) -> int:
    program = [sys.executable, "-c", THREADS_THAT_ALLOCATE.format(call=call)]
    found = subprocess.run(program, check=True, capture_output=True, text=True)
    return found.stderr.count("Arena ")


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc gives threads heaps of their own")
def test_many_threads_share_two_heaps() -> None:
    assert heaps("few_heaps()") <= 2 < heaps("")
