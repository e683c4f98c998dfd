"""From a photo to a scene: cut, fit the head, take the picture apart. Seconds, once per photo."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from mien.core.rig import FACE
from mien.face.fit import fit, snap
from mien.face.head import EYE_CORNERS, MOUTH_CORNERS, Head, load_head
from mien.face.mask import person_mask
from mien.renderers.portrait import eyes, kernels, kernels_mesh, mouth
from mien.renderers.portrait.creases import crease_maps
from mien.renderers.portrait.framing import Framed, doubled, face_height, settled
from mien.renderers.portrait.glasses import wears_glasses
from mien.renderers.portrait.grid import Grid, build_grid, follow_weight, node_positions
from mien.renderers.portrait.layers import background_behind, refined_alpha
from mien.renderers.portrait.light import fit_light
from mien.renderers.portrait.rings import Closure, closure, drawn_back, edge_outline
from mien.renderers.portrait.scene import Mesh, Scene
from mien.renderers.portrait.wisps import wisps

Array = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]
Image = npt.NDArray[np.uint8]

BORDER_FADE = 0.07
"""Face heights over which the face map hands over to the grid at its border."""

CHIN = 152

LIP_INSET, LID_INSET = 0.008, 0.003
"""Face heights by which lips that are open in the photo, and lids, draw back from what they show."""

LASHES = 0.014
"""Face heights beyond the lid's edge that go with it unstretched."""


def prepare(framed: Framed) -> Scene:
    """The scene of a photo that was cut to its frame."""
    head = load_head()
    size = len(framed.wide) - 2 * framed.margin
    tall = face_height(framed.points)
    points, own, pixels_from_metres, stretch = fitted(head, framed)
    points, plate = settled_lips(head, points, framed.points, tall, size)
    points, openings = settled_lids(head, points, tall)
    points = mouth.with_lowered_teeth(head, points, pixels_from_metres @ np.array([0, -1, 0], np.float32))
    photo = framed.photo
    glasses = wears_glasses(photo, framed.points)
    stiff = behind_glasses(points, framed.points, tall) if glasses else np.ones(len(points), np.float32)
    mesh = build_mesh(head, points, own, pixels_from_metres, stretch, tall, stiff)
    alpha = with_wisps(person_alpha(framed), framed, tall) * own_share(framed)
    alpha = alpha * part_of_head(alpha, framed, tall)
    background = background_behind(framed.wide, alpha)
    m = framed.margin
    texture = doubled(np.dstack([framed.wide, np.rint(alpha * 255).astype(np.uint8)]))
    normals = normals_of(mesh)
    light = skin_light(photo, mesh, normals)
    grid = settled_grid(head_grid(head, mesh, size, m, framed.points[CHIN, :2], normals), framed)
    lids = [lid_closure(head, mesh.points, tall, side) for side in (0, 1)]
    seal = lip_closure(head, mesh.points, tall)
    pair = [eyes.build_eye(mesh, photo, framed.points, lids[side], openings[side], side) for side in (0, 1)]
    pair = [replace(eye, veil=(pair[0].veil + pair[1].veil) / 2) for eye in pair]
    white = mouth.eye_white(photo, mesh, pair)
    plate = plate * mouth.toothlike(photo, white)
    mesh = mouth.with_teeth_as_shown(head, mesh, seal, plate)
    inside = mouth.build_mouth(head, mesh, photo, seal, plate, framed.points, white)
    shown = (1 - hair_over(photo, mesh)) * faced(mesh, normals, size)
    creases = crease_maps(framed.points, tall, shown, inside.soft)
    return Scene(
        np.array(framed.corner or (0, 0), np.int32),
        photo,
        np.ascontiguousarray(background[m:-m, m:-m]),
        texture,
        m,
        light,
        glasses,
        *creases,
        mesh,
        grid,
        inside,
        *pair,
    )


def person_alpha(framed: Framed) -> Array:
    """(s', s') how much person; beyond the photo's border it goes on as it is there."""
    rows, columns = framed.real
    real = np.ascontiguousarray(framed.wide[framed.real])
    total = len(framed.wide)
    around = rows.start, total - rows.stop, columns.start, total - columns.stop
    alpha = refined_alpha(
        real, figure(real, framed.points - [columns.start - framed.margin, rows.start - framed.margin, 0])
    )
    return np.asarray(cv2.copyMakeBorder(alpha, *around, cv2.BORDER_REPLICATE), np.float32)


def with_wisps(alpha: Array, framed: Framed, tall: float) -> Array:
    """The person and the strands of hair beside the head, as far as they turn with it: a fence behind does not."""
    y, x = np.mgrid[: len(alpha), : len(alpha)].astype(np.float32) - np.float32(framed.margin)
    turning = follow_weight(x, y, framed.points[CHIN, :2], tall)
    return np.asarray(np.maximum(alpha, wisps(framed.wide, alpha, tall) * turning), np.float32)


def part_of_head(alpha: Array, framed: Framed, tall: float) -> Array:
    """(s', s') 1, but 0 for what is person at the head's height and apart from it: a raised hand, or what it holds.

    Such things stay where they are when the head turns.
    """
    chin = framed.points[CHIN, :2] + framed.margin
    person = (alpha > 0.1).astype(np.uint8)
    person[max(0, round(float(chin[1] - 0.1 * tall))) :] = 0
    _, labels = cv2.connectedComponents(person)
    x, y = np.clip(np.rint(framed.points[:, :2] + framed.margin).astype(int), 0, len(alpha) - 1).T
    apart = (person > 0) & ~np.isin(labels, np.unique(labels[y, x]))
    return np.asarray(1 - cv2.GaussianBlur(cv2.dilate(apart.astype(np.float32), DISC), (0, 0), 1.0), np.float32)


DISC = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))

SHOWN = 0.6
"""Share of the face that a person mask has to cover to be believed: less, and it is nobody that the mask knows."""


def figure(image: Image, points: Array) -> Array:
    """(h, w) how much of a place is whose face (478, 3) this is: a person, or else what can be cut out round it."""
    mask = person_mask(image)
    hull = cv2.convexHull(np.rint(points[:, :2]).astype(np.int32))
    face = cv2.fillConvexPoly(np.zeros(image.shape[:2], np.uint8), hull, 1) > 0
    return mask if not face.any() or mask[face].mean() > SHOWN else cut_round(image, hull)


CUT_SIDE, CUT_REACH, CUT_ROUNDS = 256, 2.2, 4
"""Pixels at which a figure is cut out, how far it may reach round the face, in faces, and steps of doing so."""


def cut_round(image: Image, hull: Ints) -> Array:
    """(h, w) 0..1 the figure round a face's outline, by its colours (GrabCut, Rother et al. 2004)."""
    scale = CUT_SIDE / max(image.shape[:2])
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    inner = hull[:, 0].astype(np.float32) * scale
    middle = inner.mean(0)
    outer = middle + CUT_REACH * (inner - middle)
    below = outer[outer[:, 1] > middle[1]]
    outer = np.concatenate([outer, np.column_stack([below[:, 0], np.full(len(below), small.shape[0])])])
    guess = np.full(small.shape[:2], cv2.GC_BGD, np.uint8)
    cv2.fillConvexPoly(guess, cv2.convexHull(np.rint(outer).astype(np.int32)), cv2.GC_PR_BGD)
    cv2.fillConvexPoly(guess, np.rint(middle + 1.25 * (inner - middle)).astype(np.int32), cv2.GC_PR_FGD)
    cv2.fillConvexPoly(guess, np.rint(middle + 0.9 * (inner - middle)).astype(np.int32), cv2.GC_FGD)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.setRNGSeed(0)
    cv2.grabCut(np.ascontiguousarray(small[..., ::-1]), guess, None, *models, CUT_ROUNDS, cv2.GC_INIT_WITH_MASK)
    found = np.isin(guess, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.float32)
    wide = cv2.resize(cv2.GaussianBlur(found, (0, 0), 1.0), image.shape[1::-1], interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.clip(wide, 0, 1), np.float32)


def own_share(framed: Framed) -> Array:
    """(s', s') how much of a place belongs to this person and not to somebody beside them: who is nearer, face by face.

    What lies below a face, its neck and shoulders, is as near as its column.
    """
    total = len(framed.wide)
    share = np.ones((total, total), np.float32)
    if not framed.others:
        return share
    y, x = np.mgrid[:total, :total].astype(np.float32) - np.float32(framed.margin)
    own = away(framed.points, x, y)
    for points in framed.others:
        theirs = away(points, x, y)
        share = np.minimum(share, smoothstep(theirs / np.maximum(own + theirs, 1e-6), 0.45, 0.55))
    return share


def away(points: Array, x: Array, y: Array) -> Array:
    """Distance of places from a face, and from all that is below it, in sizes of that face."""
    low, high = points[:, :2].min(0), points[:, :2].max(0)
    middle = (low + high) / 2
    return np.asarray(np.hypot(x - middle[0], np.minimum(y - middle[1], 0)) / (high - low).max(), np.float32)


def settled_grid(grid: Grid, framed: Framed) -> Grid:
    """The grid at rest where the photo around the frame is."""
    if framed.corner is None:
        return grid
    line = (np.arange(grid.side) * grid.cell - framed.margin).astype(np.float32)
    free = settled(framed, *np.meshgrid(line, line))
    weights = grid.weights * np.repeat(free.ravel(), np.diff(grid.starts))
    return replace(grid, follow=grid.follow * free, lift=grid.lift * free, weights=weights.astype(np.float32))


def fitted(head: Head, framed: Framed) -> tuple[Array, Array, Array, Array]:
    """The head on the photo (v, 3), the expression it wears (52,), and pixels from metres (3, 3): of this head, and of
    the mean one stretched into this face, which is what an expression of the mean one is carried over by."""
    toward = np.array([1, 1, -1], np.float32)
    found = fit(framed.points * toward, head)
    snapped = snap(found, head)
    points = found.pixels_from_head(head.pose_vertices(found.identity, found.weights) + snapped) * toward
    axes = found.pixels_from_head(np.eye(3, dtype=np.float32)) - found.pixels_from_head(np.zeros((3, 3), np.float32))
    turned = (axes * toward).T
    face = np.unique(head.triangles["face"])
    plain = (head.pose_vertices(found.identity, {}) + snapped)[face]
    stretch = turned @ no_further(affine(head.neutral[face], plain))
    return (
        points.astype(np.float32),
        found.expression,
        turned.astype(np.float32),
        stretch.astype(np.float32),
    )


def affine(source: Array, target: Array) -> Array:
    """(3, 3) what stretches and shears one cloud of points (n, 3) most nearly into another, wherever they lie."""
    solved = np.linalg.lstsq(source - source.mean(0), target - target.mean(0), rcond=None)[0]
    return np.asarray(solved.T, np.float32)


def no_further(matrix: Array) -> Array:
    """(3, 3) the same, but no taller than the mean face: a long one opens its mouth no further."""
    return matrix / np.float32(max(1.0, matrix[1, 1]))


def build_mesh(
    head: Head, points: Array, own: Array, pixels_from_metres: Array, stretch: Array, tall: float, give: Array
) -> Mesh:
    """points : (v, 3) on the photo; pixels_from_metres : (3, 3) turns and scales the head's axes into the frame's

    stretch : (3, 3) the same of the mean head's, for expressions: a short face moves shorter ways than a long one
    give : (v,) how far each vertex follows its expression
    """
    marks = head.landmarks_from(points)
    wings = nose_wings(points, marks, tall)
    index, delta, starts = [], [], [0]
    for name in FACE.names:
        where, move = head.targets[name]
        index.append(where)
        bound = wings[where] if name.startswith("noseSneer") else 1
        delta.append(move @ stretch.T * (give[where] * bound)[:, None])
        starts.append(starts[-1] + len(where))
    unit = float(np.cbrt(abs(np.linalg.det(pixels_from_metres))))
    down = pixels_from_metres @ np.array([0.0, -1.0, 0.0]) / unit
    ahead = pixels_from_metres @ np.array([0.0, 0.0, 1.0])
    face = head.triangles["face"]
    origin = np.linalg.lstsq(np.column_stack([head.neutral, np.ones(len(head.neutral))]), points, rcond=None)[0]
    pivot = np.array([*head.pivot, 1.0]) @ origin
    return Mesh(
        points=np.ascontiguousarray(points, np.float32),
        follow=follow_weight(points[:, 0], points[:, 1], marks[CHIN, :2], tall),
        face=front_sorted(face, points),
        trust=face_trust(head, points, tall),
        index=np.concatenate(index).astype(np.int32),
        delta=np.concatenate(delta).astype(np.float32),
        starts=np.array(starts, np.int32),
        own=own.astype(np.float32),
        down=down.astype(np.float32),
        yaw=float(np.arctan2(ahead[0], ahead[2])),
        pivot=pivot.astype(np.float32),
        unit=unit,
        tall=tall,
    )


LENS = (0.26, 0.125, 0.03)
"""Half width and half height of what a pair of glasses covers, and how far its middle lies below the eye's, in face
heights: the brows, which lie above most frames, stay free."""


def behind_glasses(points: Array, marks: Array, tall: float) -> Array:
    """(v,) how far skin may move under glasses: little where the frame may be, which must not bend."""
    give = np.ones(len(points), np.float32)
    for iris in eyes.IRIS:
        middle = marks[iris, :2] + [0, LENS[2] * tall]
        away = np.hypot(*((points[:, :2] - middle) / (tall * np.array(LENS[:2]))).T)
        give = np.minimum(give, 0.12 + 0.88 * smoothstep(away, 0.9, 1.25))
    return give


WINGS, BOUND = (48, 98, 129, 278, 327, 358), 0.8
"""Landmarks on the wings of the nose, and how much of the mean head's sneer they do: it lifts them by 5 mm with the tip
left behind, which cartilage does not, and the nose came out short."""


def nose_wings(points: Array, marks: Array, tall: float) -> Array:
    """(v,) how far skin goes along in a sneer: less on the nose's wings."""
    away = np.linalg.norm(points[:, None] - marks[list(WINGS)], axis=2).min(1) / tall
    return 1 - (1 - BOUND) * (1 - smoothstep(away, 0.02, 0.07))


def front_sorted(triangles: Ints, points: Array) -> Ints:
    """Nearest first: most of what is hidden is then refused by its depth at once."""
    return np.ascontiguousarray(triangles[np.argsort(-points[triangles][:, :, 2].mean(1), kind="stable")])


def face_trust(head: Head, points: Array, tall: float) -> Array:
    """(v,) 1 on the face, 0 at its border, on what faces away, and below the jaw line."""
    from scipy.spatial import cKDTree

    face = head.triangles["face"]
    edges = np.sort(np.concatenate([face[:, [0, 1]], face[:, [1, 2]], face[:, [2, 0]]]), axis=1)
    single, count = np.unique(edges, axis=0, return_counts=True)
    inner = np.concatenate([head.mouth_rings[0], head.eye_rings[:, 0].ravel()])
    border = np.setdiff1d(single[count == 1], inner)
    away = cKDTree(points[border]).query(points)[0]
    normals = np.empty_like(points)
    kernels_mesh.vertex_normals(points, face, normals)
    jaw = points[head.jaw_line]
    order = np.argsort(jaw[:, 0])
    jaw_y = np.interp(points[:, 0], jaw[order, 0], jaw[order, 1])
    below = smoothstep((points[:, 1] - jaw_y) / tall, 0.02, 0.10)
    trust = smoothstep(away / tall, 0.01, 0.01 + BORDER_FADE) * (1 - below)
    rings = np.concatenate([head.mouth_rings.ravel(), head.eye_rings.ravel()])
    facing = smoothstep(normals[:, 2], 0.12, 0.4)
    facing[rings] = 1
    return np.asarray(trust * facing, np.float32)


def smoothstep(x: Array, low: float, high: float) -> Array:
    """0 below low, 1 above high, smooth between."""
    t = np.clip((x - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def normals_of(mesh: Mesh) -> Array:
    """(v, 3) of the face at rest."""
    normals = np.empty_like(mesh.points)
    kernels_mesh.vertex_normals(mesh.points, mesh.face, normals)
    return normals


def skin_light(photo: Image, mesh: Mesh, normals: Array) -> Array:
    """The light on the face, from the colours at its vertices."""
    seen = np.flatnonzero((mesh.trust > 0.5) & (normals[:, 2] > 0.2))
    size = photo.shape[0]
    at = np.rint(mesh.points[seen, :2]).astype(int)
    seen, at = (a[np.all((at >= 0) & (at < size), axis=1)] for a in (seen, at))
    soft = cv2.GaussianBlur(photo, (0, 0), 0.01 * mesh.tall + 0.5).astype(np.float32) / 255
    return fit_light(soft[at[:, 1], at[:, 0]], normals[seen])


def hair_over(photo: Image, mesh: Mesh) -> Array:
    """(s, s) 0..1 where something much darker or brighter than the face's skin covers it: hair, a hat, a frame."""
    skin = mouth.skin_colour(photo, mesh).mean()
    bright = cv2.GaussianBlur(photo, (0, 0), 1.0).astype(np.float32).mean(2) / skin
    odd = np.maximum(smoothstep(0.55 - bright, 0, 0.15), smoothstep(bright, 1.5, 1.8))
    return np.asarray(cv2.GaussianBlur(odd, (0, 0), 2.0), np.float32)


FACED = (0.3, 0.8)
"""Cosines of skin's angle to the camera between which a crease on it comes to be seen from in front."""


def faced(mesh: Mesh, normals: Array, size: int) -> Array:
    """(s, s) 1 where the face looks at the camera, down to 0 where it turns away, and where there is no face."""
    depth = np.full((size, size), kernels.FAR, np.float32)
    out = np.zeros((size, size, 4), np.float32)
    kernels.raster(mesh.points, mesh.face, np.repeat(normals[:, 2:], 4, 1), (0, 0), 1.0, depth, out)
    return smoothstep(out[..., 0], *FACED)


def head_grid(head: Head, mesh: Mesh, size: int, margin: int, chin: Array, normals: Array) -> Grid:
    """The grid around the face: the whole head gives its depth, the face's outer parts what it follows."""
    cell, line = node_positions(size, margin)
    nodes = len(line)
    scaled = (mesh.points - [line[0], line[0], 0]) / [cell, cell, 1]
    solid = np.concatenate([head.triangles["face"], head.triangles["head"]])
    depth = np.full((nodes, nodes), kernels.FAR, np.float32)
    out = np.zeros((nodes, nodes, 4), np.float32)
    kernels.raster(
        scaled.astype(np.float32), solid, np.zeros_like(mesh.points[:, [0, 1, 2, 2]]), (0, 0), 1.0, depth, out
    )
    known = (depth > kernels.FAR).astype(np.float32)
    speaks = (mesh.trust > 0.35) & (normals[:, 2] > 0.15)
    sources = np.flatnonzero(speaks)
    inner = np.concatenate([head.mouth_rings[:8].ravel(), head.eye_rings.ravel()])
    sources = np.setdiff1d(sources, inner)[::3]
    return build_grid(
        size, margin, np.where(known > 0, depth, 0), known, sources.astype(np.int32), mesh.points, chin, mesh.tall
    )


def lip_closure(head: Head, points: Array, tall: float) -> Closure:
    """Sealing lips: the lower one comes up a little more than the upper one down."""
    around = np.unique(head.triangles["face"])
    return closure(
        head.mouth_rings, head.contact, (MOUTH_CORNERS[1], MOUTH_CORNERS[0]), points, around,
        upper_share=0.40, upper_reach=0.12 * tall, lower_reach=0.16 * tall, sharpness=1.5,
    )  # fmt: skip


def settled_lips(head: Head, points: Array, marks: Array, tall: float, size: int) -> tuple[Array, Array]:
    """Lips that are shut in the photo meet exactly; open ones draw back a little from what they show (s, s)."""
    lips = lip_closure(head, points, tall)
    plate = mouth.open_plate(edge_outline(lips, points), marks, tall, size)
    if plate.any():
        return drawn_back(head.mouth_rings, head.contact, head.vermilion, points, lips, LIP_INSET * tall), plate
    upper, lower = (np.zeros((len(lips.upper), 3), np.float32) for _ in range(2))
    kernels_mesh.edge_points(points, lips.upper, lips.upper_part, upper)
    kernels_mesh.edge_points(points, lips.lower, lips.lower_part, lower)
    shut = points.copy()
    kernels_mesh.follow_gaps(shut, lips.index, lips.station, lips.share, lower - upper, 1.0)
    return shut, plate


BROWS = ((276, 283, 282, 295, 285), (46, 53, 52, 65, 55))
"""Landmarks along the lower edge of each brow."""

LID_REACH = (0.03, 0.075)
"""Face heights above an eye from which its lid is drawn: from as far as the brow, which stays, but within these."""


def lid_closure(head: Head, points: Array, tall: float, side: int) -> Closure:
    """A blink: the upper lid does nearly all the way, and what skin there is up to the brow is drawn down with it."""
    rim = points[head.eye_rings[side, 0], :2]
    brow = head.landmarks_from(points)[list(BROWS[side]), :2]
    free = float(np.linalg.norm(brow[:, None] - rim[None], axis=2).min(1).min()) - 0.5 * LASHES * tall
    most = max(LID_REACH[1] * tall, 0.9 * float(np.ptp(rim[:, 1])))  # large eyes, of an animal, need more
    return closure(
        head.eye_rings[side], head.margin, EYE_CORNERS, points, np.unique(head.triangles["face"]),
        upper_share=0.9, upper_reach=min(max(free, LID_REACH[0] * tall), most), lower_reach=0.05 * tall,
        sharpness=1.4, rigid=LASHES * tall,
    )  # fmt: skip


def settled_lids(head: Head, points: Array, tall: float) -> tuple[Array, list[Array]]:
    """Lids drawn back a little from the eyes, and the outlines (n, 2) of the eyes as the photo shows them."""
    outlines = []
    for side in (0, 1):
        slit = lid_closure(head, points, tall, side)
        outlines.append(edge_outline(slit, points))
        border = np.full_like(head.margin, head.eye_rings.shape[1] - 1)
        points = drawn_back(head.eye_rings[side], head.margin, border, points, slit, LID_INSET * tall)
    return points, outlines
