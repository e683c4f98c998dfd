"""Cut an ONNX graph at named tensors, with nothing but the protobuf wire format.

onnxruntime runs graphs but cannot cut them, and the `onnx` package is a large dependency for one
job. A model is nested length-delimited fields; cutting means copying some of them. Field numbers
are those of onnx.proto3 (ONNX 1.x, stable since 2018).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

MODEL_GRAPH = 7
NODE, NAME, INITIALIZER, INPUT, OUTPUT, VALUE_INFO = 1, 2, 5, 11, 12, 13  # GraphProto
NODE_INPUT, NODE_OUTPUT = 1, 2  # NodeProto
TENSOR_NAME, VALUE_NAME = 8, 1  # TensorProto, ValueInfoProto
LENGTH_DELIMITED = 2


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a message. number : its tag; value : its content; raw : tag and content as they lie there"""

    number: int
    value: memoryview
    raw: memoryview


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def _as_varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def fields(data: memoryview) -> Iterator[Field]:
    """The fields of a message in order."""
    at = 0
    while at < len(data):
        begin = at
        key, at = _varint(data, at)
        wire = key & 7
        if wire == LENGTH_DELIMITED:
            size, at = _varint(data, at)
        elif wire == 0:
            size = _varint(data, at)[1] - at
        elif wire in (1, 5):
            size = 8 if wire == 1 else 4
        else:
            raise ValueError(f"not a protobuf message: wire type {wire} at byte {begin}")
        yield Field(key >> 3, data[at : at + size], data[begin : at + size])
        at += size


def message(number: int, parts: Iterable[bytes | memoryview]) -> list[bytes | memoryview]:
    """A length-delimited field that holds the parts."""
    held = list(parts)
    size = sum(len(p) for p in held)
    return [_as_varint(number << 3 | LENGTH_DELIMITED), _as_varint(size), *held]


def _names(data: memoryview, number: int) -> list[str]:
    return [bytes(f.value).decode() for f in fields(data) if f.number == number]


class Graph:
    """An ONNX model, indexed for cutting. data : the file's bytes"""

    def __init__(self, data: bytes) -> None:
        top = list(fields(memoryview(data)))
        self.head = [f.raw for f in top if f.number != MODEL_GRAPH]
        graph = list(fields(next(f.value for f in top if f.number == MODEL_GRAPH)))
        self.nodes = [
            (f.raw, _names(f.value, NODE_INPUT), _names(f.value, NODE_OUTPUT)) for f in graph if f.number == NODE
        ]
        self.weights = {_names(f.value, TENSOR_NAME)[0]: f.raw for f in graph if f.number == INITIALIZER}
        self.values = {
            _names(f.value, VALUE_NAME)[0]: f.value for f in graph if f.number in (INPUT, OUTPUT, VALUE_INFO)
        }

    def cut(self, inputs: Sequence[str], outputs: Sequence[str]) -> list[bytes | memoryview]:
        """The part of the model that makes ``outputs`` from ``inputs``, as pieces of a new model file.

        Errors: ValueError when the outputs need more than the inputs.
        """
        maker = {name: i for i, (_, _, made) in enumerate(self.nodes) for name in made}
        used: set[int] = set()
        weights: dict[str, None] = {}
        wanted = list(outputs)
        seen = set(inputs) | {""}  # an empty name is an optional input left out
        while wanted:
            name = wanted.pop()
            if name in seen:
                continue
            seen.add(name)
            if name in self.weights:
                weights[name] = None
            elif name in maker:
                used.add(maker[name])
                wanted += self.nodes[maker[name]][1]
            else:
                raise ValueError(f"the outputs also depend on {name!r}")
        body: list[bytes | memoryview] = message(NAME, [b"part"])
        body += [self.nodes[i][0] for i in sorted(used)]
        body += [self.weights[name] for name in weights]
        for number, names in ((INPUT, inputs), (OUTPUT, outputs)):
            for name in names:
                body += message(number, [self.values[name]])
        return [*self.head, *message(MODEL_GRAPH, body)]
