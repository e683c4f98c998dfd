"""The inside of the mouth: what a photo hardly shows, coloured to fit the photo's light."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from mien.face.head import MOUTH_CORNERS, Head
from mien.face.sharpness import edge_spread
from mien.renderers.portrait import kernels_mesh
from mien.renderers.portrait.drive import OWN_MASK
from mien.renderers.portrait.eyes import near_triangles, polygon
from mien.renderers.portrait.rings import Closure, edge_outline
from mien.renderers.portrait.scene import Eye, Mesh, Mouth

Array = npt.NDArray[np.float32]
Image = npt.NDArray[np.uint8]

ENAMEL = np.array([0.97, 0.90, 0.78], np.float32)
"""Colour of teeth under white light, relative to the white of an eye: a natural A2 on the Vita scale is yellowish."""

BRIGHT = 1.5
"""Teeth against the white of the eye as ``eye_white`` finds it, before lips shade them: set by the two portraits that
show their own. Darker ones look like putty."""

FLESH = {"gums": (0.95, 0.78, 0.76), "tongue": (1.1, 0.92, 0.92), "socket": (0.62, 0.42, 0.40)}
"""Colour inside the mouth relative to the lips' redness under white light."""

GLOSS = {"teeth": 0.35, "gums": 0.25, "tongue": 0.3, "socket": 0.05}
"""Strength of the wet highlight."""

BOUNCED = (-0.15, 0.12, 0.32)
"""Powers of the light that reaches a tooth, by which red, green and blue fall off more: what gets far in has been
reflected by red flesh, and teeth in a neutral shadow look grey beside warm skin."""

PARTED = 0.012
"""Inner-lip gap, in face heights, from which a mouth counts as open in the photo."""

INNER_LIPS = (13, 14)
OUTER_LIPS = (0, 17)


SOFTNESS, SOFTEST = 0.6, 2.0
"""Of the spread of the face's edges, some of which are soft by nature; and pixels of blur at most: in a worse photo
nothing inside the mouth could be told apart."""


def build_mouth(head: Head, mesh: Mesh, photo: Image, lips: Closure, plate: Array, marks: Array, white: Array) -> Mouth:
    """The inside, coloured by the photo's lips and what is white in its light. plate : see Mouth"""
    red = lip_colour(photo, marks)
    ambient = light_inside(head)
    as_shown = teeth_shown(photo, plate, white)
    albedo = np.zeros((len(mesh.points), 3), np.float32)
    gloss = np.zeros(len(mesh.points), np.float32)
    for part in ("socket", "gums_upper", "gums_lower", "tongue", "teeth_upper", "teeth_lower"):
        ids = np.unique(head.triangles[part])
        kind = part.split("_")[0]
        albedo[ids] = as_shown * enamel(white, ambient[ids]) if kind == "teeth" else flesh(red, white, kind)
        gloss[ids] = GLOSS[kind]
    tongue = np.unique(head.triangles["tongue"]).astype(np.int32)
    lower = np.unique(head.triangles["teeth_lower"])
    return Mouth(
        lips=lips,
        triangles=np.concatenate([head.triangles[p] for p in INSIDE]).astype(np.int32),
        albedo=albedo,
        ambient=ambient,
        gloss=gloss,
        parting=parting_without(mesh, lips) if parted(mesh, marks) else np.zeros((len(lips.upper), 3), np.float32),
        bite=bite_line(head, mesh, lips),
        tongue=tongue,
        along=along_tongue(head.neutral[tongue, 2]),
        jaw=int(lower[np.argmax(head.neutral[lower, 2])]),
        plate=plate,
        rim=rim_of(head),
        around=near_triangles(mesh, edge_outline(lips, mesh.points), 0.14 * mesh.tall),
        soft=min(SOFTNESS * edge_spread(photo, marks + np.float32(0.5)) * mesh.tall, SOFTEST),
    )


DIM = 0.026
"""Metres behind the front teeth over which light falls to 1/e: the cheeks shade what lies back."""


EDGE_OF_TONGUE = 0.6
"""Share of light that its edges lack, which teeth and cheeks stand over: without that it is a slab beside a hole."""


FURROW, FURROW_WIDTH = 0.16, 0.0024
"""Share of light that the groove along its middle lacks, and metres from it over which that is."""


def light_inside(head: Head) -> Array:
    """(v,) share of light, 0..1: less far behind the teeth, and less where the asset's own occlusion says so."""
    front = head.neutral[np.unique(head.triangles["teeth_upper"]), 2].max()
    behind = np.maximum(front - head.neutral[:, 2], 0)
    reached = np.clip(head.ambient / 0.5, 0, 1) ** 0.4
    light = np.exp(-behind / DIM) * (0.6 + 0.4 * reached)
    enamel = head.masks["teeth_upper"] | head.masks["teeth_lower"]
    light[enamel] = (0.08 + 0.92 * np.exp(-behind[enamel] / 0.017)) * (0.8 + 0.2 * reached[enamel])
    gums = head.masks["gums_upper"] | head.masks["gums_lower"]
    light[gums] = 0.9 * np.exp(-behind[gums] / 0.022)
    walls = head.masks["socket"]
    light[walls] = 0.3 + 0.5 * np.exp(-behind[walls] / 0.035) * (0.5 + 0.5 * reached[walls])
    tongue = head.masks["tongue"]
    aside = np.abs(head.neutral[tongue, 0])
    along = along_tongue(head.neutral[tongue, 2])
    groove = np.exp(-((aside / FURROW_WIDTH) ** 2)) * np.sqrt(1 - along)
    light[tongue] = (0.22 + 0.63 * along**1.5) * (1 - EDGE_OF_TONGUE * (aside / aside.max()) ** 2)
    light[tongue] *= 1 - FURROW * groove
    return np.asarray(light, np.float32)


def along_tongue(depth: Array) -> Array:
    """0 at the root to 1 at the tip."""
    return np.asarray((depth - depth.min()) / np.ptp(depth), np.float32)


INSIDE = ("teeth_upper", "teeth_lower", "gums_upper", "gums_lower", "tongue", "socket")


SKIN = np.array([204, 158, 136], np.float32)
"""Mean facial skin in white light, sRGB: what skin differs from it by tint, the light does (skin's own share: half)."""


def eye_white(photo: Image, mesh: Mesh, eyes: list[Eye]) -> Array:
    """(3,) the colour something white has in this face's light, 0..255.

    The brightest parts of the eyes' whites say it best, but few pixels show them and lids shade them: the skin's
    brighter part sets a floor, and its tint has a say in the colour.
    """
    skin = skin_colour(photo, mesh)
    whites = []
    for eye in eyes:
        x0, y0, x1, y1 = eye.box
        whites.append(photo[y0:y1, x0:x1][(eye.iris[..., 3] == 0) & (eye.open > 0.95)])
    pixels = np.concatenate(whites).astype(np.float32)
    tint = (skin / skin.mean()) / (SKIN / SKIN.mean())
    level = 1.12 * float(skin.mean())
    if len(pixels) >= 8:
        top = pixels[pixels.mean(1) >= np.quantile(pixels.mean(1), 0.8)].mean(0)
        tint = np.sqrt(tint * top / top.mean())
        level = max(level, 1.1 * float(top.mean()))
    return np.asarray(np.clip(min(level, 225) * tint**0.8, 40, 245), np.float32)


def skin_colour(photo: Image, mesh: Mesh) -> Array:
    """(3,) of the face's brighter skin, without its shine."""
    at = np.rint(mesh.points[np.unique(mesh.face), :2]).astype(int)
    at = at[np.all((at >= 0) & (at < photo.shape[0]), axis=1)]
    colours = photo[at[:, 1], at[:, 0]].astype(np.float32)
    bright = colours.mean(1)
    low, high = np.quantile(bright, [0.6, 0.92])
    return np.asarray(colours[(bright >= low) & (bright <= high)].mean(0), np.float32)


def lip_colour(photo: Image, marks: Array) -> Array:
    """(3,) of the lower lip's middle, 0..255."""
    inner, outer = marks[INNER_LIPS[1], :2], marks[OUTER_LIPS[1], :2]
    middle = inner + 0.5 * (outer - inner)
    reach = max(2.0, 0.35 * float(np.linalg.norm(outer - inner)))
    y, x = np.mgrid[: photo.shape[0], : photo.shape[1]]
    near = np.hypot((x - middle[0]) / 2, y - middle[1]) < reach
    return np.asarray(np.median(photo[near], axis=0), np.float32)


def enamel(white: Array, reached: Array) -> Array:
    """(n, 3) teeth in this light; eyes adapt, so they are kept a little paler than the light alone would make them.

    reached : (n,) share of light that gets to each, over 0
    """
    colour = BRIGHT * (white + 0.35 * (white.max() - white)) * ENAMEL
    colour *= min(1.0, 238 / float(colour.max()))
    return np.asarray(colour * reached[:, None] ** np.array(BOUNCED, np.float32), np.float32)


def flesh(red: Array, white: Array, kind: str) -> Array:
    """Moist flesh in this light: between the lips' own colour and a common one under the same white."""
    common = white * np.array([0.86, 0.42, 0.42], np.float32)
    return np.asarray((0.5 * red + 0.5 * common) * np.array(FLESH[kind], np.float32), np.float32)


ENOUGH_SHOWN, FURTHEST_OFF, IN_FRONT = 30, (0.7, 1.4), 0.8
"""Pixels of the photo's own teeth from which their colour is believed, factors within which it is, and the share of the
light that front teeth are drawn in."""


def teeth_shown(photo: Image, plate: Array, white: Array) -> Array:
    """(3,) the colour of the teeth that the photo shows over that of enamel in its light; 1 where it shows none.

    plate : (s, s) how tooth-like each pixel of an open mouth is
    """
    shown = photo[plate > 0.8].astype(np.float32)
    if len(shown) < ENOUGH_SHOWN:
        return np.ones(3, np.float32)
    colour = np.median(shown, axis=0) / (IN_FRONT * enamel(white, np.ones(1, np.float32))[0])
    return np.asarray(np.clip(colour, *FURTHEST_OFF), np.float32)


BITTEN = 0.0008
"""Metres of the upper incisors that a lower lip covers in f and v."""


def bite_line(head: Head, mesh: Mesh, lips: Closure) -> Array:
    """(stations, 3) the edge of the upper teeth behind each station of the lips, at rest."""
    ids = np.unique(head.triangles["teeth_upper"])
    teeth = mesh.points[ids]
    outline = edge_outline(lips, mesh.points)[: len(lips.upper)]
    front = teeth[teeth[:, 2] > np.quantile(teeth[:, 2], 0.5)]
    out = np.empty((len(outline), 3), np.float32)
    along = front[:, :2] @ mesh.down[:2]
    for k, point in enumerate(outline):
        across = np.abs((front[:, :2] - point) @ np.array([-mesh.down[1], mesh.down[0]]))
        near = across < max(0.012 * mesh.tall, np.sort(across)[3])
        edge = front[near][np.argmax(along[near])]
        out[k] = point[0], edge[1] - BITTEN * mesh.unit, edge[2]
    out[:, 1] = cv2.blur(out[:, 1:2], (1, 15), borderType=cv2.BORDER_REPLICATE)[:, 0]
    return out


LOWERED = {"upper": 0.0013, "lower": 0.0008}
"""Metres by which the rows of teeth stand lower than in the asset: 3.3 mm of the upper incisors then show between
parted lips, an adult's mean (Vig & Brundo 1978: 1.9 mm men, 3.4 mm women), and the lower ones do not look bared."""


def with_lowered_teeth(head: Head, points: Array, down: Array) -> Array:
    """The mesh (v, 3) with its teeth and gums a little lower. down : (3,) pixels per metre downwards"""
    moved = points.copy()
    for row, by in LOWERED.items():
        ids = np.unique(np.concatenate([head.triangles[f"teeth_{row}"], head.triangles[f"gums_{row}"]]))
        moved[ids] += by * down
    return moved


def toothlike(photo: Image, white: Array) -> Array:
    """(s, s) 0..1 how much each pixel looks like teeth in this light: bright, and no redder than white is."""
    relative = photo.astype(np.float32) / white
    bright = np.clip((relative.mean(2) - 0.3) / 0.25, 0, 1)
    pale = np.clip(2.6 - 1.5 * relative[..., 0] / np.maximum(relative[..., 1], 0.05), 0, 1)
    return np.asarray(cv2.GaussianBlur(bright * pale, (0, 0), 1.0), np.float32)


FURTHEST = (-0.002, 0.005)
"""Metres up and down within which the upper teeth are looked for."""


def with_teeth_as_shown(head: Head, mesh: Mesh, lips: Closure, plate: Array) -> Mesh:
    """The mesh with its upper teeth where the photo's own end, when it shows some; plate : (s, s) how tooth-like"""
    middle = bite_line(head, mesh, lips)[len(lips.upper) // 3 : -len(lips.upper) // 3]
    x0, x1 = np.rint(middle[[0, -1], 0]).astype(int)
    shown = plate[:, max(x0, 0) : x1 + 1] > 0.5
    if shown.sum() < 12:
        return mesh
    columns = shown.any(0)
    ends = len(shown) - 1 - np.argmax(shown[::-1, columns], axis=0)
    shift = float(np.median(ends)) - float(middle[:, 1].mean())
    low, high = (limit * mesh.unit for limit in FURTHEST)
    ids = np.unique(np.concatenate([head.triangles["teeth_upper"], head.triangles["gums_upper"]]))
    points = mesh.points.copy()
    points[ids] += np.clip(shift, low, high) * mesh.down
    return replace(mesh, points=points)


def rim_of(head: Head) -> npt.NDArray[np.int32]:
    """(k,) vertices at and just outside the line where the lips meet."""
    spokes = np.arange(head.mouth_rings.shape[1])
    spokes = spokes[np.min([np.abs(spokes - corner) for corner in MOUTH_CORNERS], axis=0) > 2]
    return np.unique([head.mouth_rings[head.contact[spokes] + k, spokes] for k in (-1, 0, 1)]).astype(np.int32)


def parting_without(mesh: Mesh, lips: Closure) -> Array:
    """(stations, 3) from upper to lower lip once the photo's own expression of the mouth is taken back."""
    points = mesh.points.copy()
    kernels_mesh.add_targets(points, mesh.index, mesh.delta, mesh.starts, -mesh.own * OWN_MASK)
    outline = [np.zeros((len(lips.upper), 3), np.float32) for _ in range(2)]
    kernels_mesh.edge_points(points, lips.upper, lips.upper_part, outline[0])
    kernels_mesh.edge_points(points, lips.lower, lips.lower_part, outline[1])
    gaps = np.zeros_like(outline[0])
    kernels_mesh.open_gaps(outline[0], outline[1], mesh.down, 0.0, gaps)
    return gaps


def parted(mesh: Mesh, marks: Array) -> bool:
    """Whether the photo shows the mouth open."""
    return float(np.linalg.norm(marks[INNER_LIPS[0], :2] - marks[INNER_LIPS[1], :2])) >= PARTED * mesh.tall


def open_plate(outline: Array, marks: Array, tall: float, size: int) -> Array:
    """(size, size) where the photo shows the inside of an open mouth, soft towards the lips; 0 when it is shut."""
    gap = np.linalg.norm(marks[INNER_LIPS[0], :2] - marks[INNER_LIPS[1], :2])
    if gap < PARTED * tall:
        return np.zeros((size, size), np.float32)
    mask = polygon(outline, (size, size))
    core = cv2.GaussianBlur(cv2.erode(mask, np.ones((3, 3), np.uint8)), (0, 0), 0.8)
    return np.asarray(core * (mask > 0.5), np.float32)
