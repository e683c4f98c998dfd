"""A face in a video to motion, by its 478 landmarks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

import numpy as np

from mien.core.errors import BadInput, WrongUse
from mien.core.frame import Frame, Image
from mien.core.rig import CAPTURE, Motion, Rig
from mien.face.landmarks import Face
from mien.face.pose import Person, Pose, person_from
from mien.trackers.channels import Rows, motion_from_rows, row_length, table, vectors_from_matrices
from mien.trackers.features import features
from mien.trackers.people import follow

KNOWN = 75
"""Pictures with a face that are waited for before it is said who it is."""

FRONTAL = 20
"""Of those, the ones that face the camera most are used."""

FEWEST = 5
"""Frames with a face below which there is nothing to call motion."""


class Landmarks:
    """Tracker: a face by its 478 landmarks, relative to its own rest, smooth without lag.

    person  : which one, from 1, the one who is seen longest and largest
    neutral : index of the frame that shows the face at rest; None looks for the frames in which least is going on
    notes   : what a user should know about the last clip: where no face was seen

    It answers when the clip has ended: rest is known only then. Pictures are not kept.
    Errors: BadInput where hardly a frame shows a face, or fewer people than asked for.
    """

    rig: Rig = CAPTURE

    def __init__(self, *, person: int = 1, neutral: int | None = None) -> None:
        if person < 1:
            raise WrongUse(f"people are counted from 1, got person {person}")
        if neutral is not None and neutral < 0:
            raise WrongUse(f"frames are counted from 0, got neutral frame {neutral}")
        self.person, self.neutral = person, neutral
        self.notes: list[str] = []

    def track(self, frames: Iterable[Frame]) -> Iterator[Motion]:
        """One stretch of motion, of as many frames as came. frames : of one video, in order"""
        clock: list[tuple[int, Fraction]] = []
        readers: list[Reader] = []
        count = 0
        for faces in follow(_timed(frames, clock)):
            readers += [Reader(count) for _ in range(len(faces) - len(readers))]
            for reader, face in zip(readers, faces, strict=True):
                reader.read(face)
            count += 1
        if not clock:
            raise BadInput("there are no pictures to look for a face in")
        start, rate = clock[0]
        rows = self._chosen(readers, count)
        self.notes = _notes(rows.seen, len([r for r in readers if r.found >= FEWEST]))
        yield motion_from_rows(rows, rate, start, self.neutral)

    def _chosen(self, readers: list[Reader], count: int) -> Rows:
        """What was read of the wanted person."""
        if not readers:
            raise BadInput(f"no face was seen in any of the {count} pictures; faces must look towards the camera")
        people = sorted((r for r in readers if r.found >= FEWEST), key=lambda r: -r.presence)
        if not people:
            found = max(reader.found for reader in readers)
            raise BadInput(f"a face is seen in only {found} of {count} pictures; at least {FEWEST} are needed")
        if len(people) < self.person:
            there = "one person is" if len(people) == 1 else f"{len(people)} people are"
            raise BadInput(f"person {self.person} was asked for, but only {there} seen")
        rows = people[self.person - 1].rows()
        if self.neutral is not None and (self.neutral >= count or not rows.seen[self.neutral]):
            why = f"there are only {count} frames" if self.neutral >= count else "the face is not seen there"
            raise BadInput(f"frame {self.neutral} cannot be the neutral one: {why}")
        return rows


class Reader:
    """What is kept of one person, frame by frame.

    found    : frames in which the face was seen
    presence : how much was seen of it, pixels of its size times frames
    """

    def __init__(self, missed: int) -> None:
        """missed : frames before the person appeared"""
        self.found, self.presence = 0, 0.0
        self._waiting: list[Face | None] = []
        self._person: Person | None = None
        self._pose: Pose | None = None
        self._rows = bytearray(4 * row_length() * missed)  # grows in place: an hour is 25 MB
        self._seen = bytearray(missed)

    def read(self, face: Face | None) -> None:
        """The next frame."""
        if face is not None:
            self.found += 1
            self.presence += face.size
        if self._person is not None:
            self._keep(face, self._person)
            return
        self._waiting.append(face)
        if self.found >= KNOWN:
            self._know()

    def rows(self) -> Rows:
        """Everything that was read. There must have been a face."""
        if self._person is None:
            self._know()
        values = np.frombuffer(self._rows, np.float32).reshape(-1, row_length())
        return Rows(values, np.frombuffer(self._seen, np.bool_))

    def _know(self) -> None:
        """Says who it is by the faces waited for, and reads those."""
        known = sorted((face for face in self._waiting if face is not None), key=lambda face: abs(face.yaw))
        self._person = person_from([face.points for face in known[:FRONTAL]])
        for face in self._waiting:
            self._keep(face, self._person)
        self._waiting.clear()

    def _keep(self, face: Face | None, person: Person) -> None:
        self._seen.append(face is not None)
        if face is None:
            self._pose = None
            self._rows += bytes(4 * row_length())
            return
        self._pose = person.pose(face.points, self._pose)
        values, gaps = features(face, person, self._pose)
        turn = vectors_from_matrices(self._pose.rotation[None])[0]
        row = [values @ table()[1], gaps, turn, self._pose.origin, [self._pose.scale], [face.score]]
        self._rows += np.concatenate(row).astype(np.float32).tobytes()


def _timed(frames: Iterable[Frame], clock: list[tuple[int, Fraction]]) -> Iterator[Image]:
    """The pictures; where the first one lies in time goes to ``clock``."""
    for frame in frames:
        if not clock:
            clock.append((frame.index, frame.rate))
        yield frame.image


def _notes(seen: np.ndarray, people: int) -> list[str]:
    missed = int((~seen).sum())
    out = [f"there are {people} people: the one seen most was taken (--person)"] if people > 1 else []
    if missed:
        share = f"{missed} of {len(seen)} frames ({missed / len(seen):.0%})"
        out.append(f"no face is seen in {share}: bridged, with confidence 0")
    return out
