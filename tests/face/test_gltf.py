"""The head as glTF, read back by the specification."""

import json
import struct

import numpy as np

from mien.core.rig import ARKIT
from mien.face.gltf import BALL, eyeball, head_glb, normals
from mien.face.head import load_head

SIZES = {5126: "<f4", 5123: "<u2", 5121: "u1", 5125: "<u4"}


def parts() -> tuple[dict, bytes]:
    data = head_glb()
    magic, version, length = struct.unpack_from("<4sII", data)
    assert magic == b"glTF" and version == 2 and length == len(data)
    size, kind = struct.unpack_from("<I4s", data, 12)
    assert kind == b"JSON" and size % 4 == 0
    binary, kind = struct.unpack_from("<I4s", data, 20 + size)
    assert kind == b"BIN\0" and 28 + size + binary == len(data)
    return json.loads(data[20 : 20 + size]), data[28 + size :]


def values(document: dict, binary: bytes, index: int) -> np.ndarray:
    """An accessor, sparse or not."""
    accessor = document["accessors"][index]
    width = {"SCALAR": 1, "VEC3": 3, "VEC4": 4}[accessor["type"]]

    def read(view: int, kind: int, count: int) -> np.ndarray:
        found = document["bufferViews"][view]
        assert found["byteOffset"] % 4 == 0
        return np.frombuffer(binary, SIZES[kind], count, found["byteOffset"])

    if "sparse" not in accessor:
        return read(accessor["bufferView"], accessor["componentType"], accessor["count"] * width).reshape(-1, width)
    out, sparse = np.zeros((accessor["count"], width), np.float32), accessor["sparse"]
    where = read(sparse["indices"]["bufferView"], sparse["indices"]["componentType"], sparse["count"])
    assert np.all(np.diff(where.astype(int)) > 0)  # as the specification wants them
    out[where] = read(sparse["values"]["bufferView"], 5126, sparse["count"] * width).reshape(-1, width)
    return out


def test_it_has_the_52_targets_by_name_and_each_moves_as_the_head_does() -> None:
    document, binary = parts()
    mesh = document["meshes"][0]
    names = mesh["extras"]["targetNames"]
    assert names == [n for n in ARKIT.names if n in load_head().targets] and len(names) == 52 == len(mesh["weights"])
    (one,) = mesh["primitives"]
    assert len(one["targets"]) == 52
    points = values(document, binary, one["attributes"]["POSITION"])
    for name, target in zip(names, one["targets"], strict=True):
        delta, (_, truth) = values(document, binary, target["POSITION"]), load_head().targets[name]
        assert delta.shape == points.shape
        if not name.startswith("eyeLook"):
            assert abs(np.abs(delta).max() - np.abs(truth).max()) < 1e-6
        accessor = document["accessors"][target["POSITION"]]
        assert np.allclose(delta.min(0), accessor["min"]) and np.allclose(delta.max(0), accessor["max"])


def test_its_triangles_are_those_of_the_head_and_its_normals_point_outwards() -> None:
    document, binary = parts()
    (one,) = document["meshes"][0]["primitives"]
    faces = values(document, binary, one["indices"]).reshape(-1, 3)
    points = values(document, binary, one["attributes"]["POSITION"])
    assert faces.max() < len(points) and len(faces) > 30_000
    outwards = values(document, binary, one["attributes"]["NORMAL"])
    assert np.allclose(np.linalg.norm(outwards, axis=1), 1, atol=1e-4)
    nose = np.argmax(points[:, 2])
    assert outwards[nose, 2] > 0.5


def test_eyes_are_balls_that_look_ahead() -> None:
    points, faces, colours = eyeball()
    assert np.allclose(np.linalg.norm(points, axis=1), BALL, atol=1e-6)
    assert np.argmin(colours.sum(axis=1)) in np.flatnonzero(points[:, 2] > 0.9 * BALL)
    middles = points[faces].mean(axis=1)
    sides = np.cross(points[faces[:, 1]] - points[faces[:, 0]], points[faces[:, 2]] - points[faces[:, 0]])
    assert np.all(np.einsum("fk,fk->f", sides, middles) >= -1e-12)  # counter-clockwise from outside
    assert np.einsum("vk,vk->v", normals(points, faces), points).min() > -1e-9
    document, _ = parts()
    left, right = (document["nodes"][i]["translation"] for i in (1, 2))
    assert left[0] > 0 > right[0] and abs(left[1] - right[1]) < 1e-3
