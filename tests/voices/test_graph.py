"""Cutting a network apart without the onnx package."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien.voices.graph import INITIALIZER, INPUT, MODEL_GRAPH, NODE, OUTPUT, Graph, fields, message


def joined(parts: list[bytes | memoryview]) -> bytes:
    return b"".join(bytes(p) for p in parts)


@given(st.lists(st.tuples(st.integers(1, 1000), st.binary(max_size=300))))
def test_what_is_written_as_fields_is_read_back(pairs: list[tuple[int, bytes]]) -> None:
    data = b"".join(joined(message(number, [content])) for number, content in pairs)
    assert [(f.number, bytes(f.value)) for f in fields(memoryview(data))] == pairs
    assert b"".join(bytes(f.raw) for f in fields(memoryview(data))) == data


def node(inputs: list[str], output: str) -> bytes:
    names = [joined(message(1, [n.encode()])) for n in inputs]
    return joined(message(NODE, [*names, *message(2, [output.encode()])]))


def named(number: int, tag: int, name: str) -> bytes:
    return joined(message(number, message(tag, [name.encode()])))


@pytest.fixture
def chain() -> Graph:
    """x -> a -> b -> y, with a weight at b, and a branch c that nobody needs."""
    body = [
        node(["x"], "a"),
        node(["a", "w"], "b"),
        node(["a", "v"], "c"),
        node(["b", ""], "y"),
        *(named(INITIALIZER, 8, n) for n in "wv"),
        *(named(13, 1, n) for n in "abc"),
        named(INPUT, 1, "x"),
        named(OUTPUT, 1, "y"),
    ]
    return Graph(joined(message(MODEL_GRAPH, body)))


def test_a_part_holds_the_nodes_and_weights_between_its_ends_and_no_others(chain: Graph) -> None:
    part = Graph(joined(chain.cut(["a"], ["y"])))
    assert [made for _, _, made in part.nodes] == [["b"], ["y"]]
    assert set(part.weights) == {"w"}
    assert set(part.values) == {"a", "y"}


def test_an_output_that_needs_more_than_the_inputs_is_refused(chain: Graph) -> None:
    with pytest.raises(ValueError, match="also depend on 'x'"):
        chain.cut(["b"], ["c"])
