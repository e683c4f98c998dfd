"""The command line: parses, calls the verbs, prints. Exit codes: 0 done, 1 failed, 2 wrong use."""

from __future__ import annotations

import argparse
import io
import json
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import mien
from mien.core.errors import BadInput, MienError, MissingExtra, OutputExists, WrongUse

log = logging.getLogger(__name__)

PICTURES = ".mp4 .webm .gif .webp .png (one frame), frames/ (PNG files)"

MOST_TAKES = 100

LONGEST_TEXT = 10_000_000
"""Characters read from a file or a pipe: a day of speech."""


def main(argv: list[str] | None = None) -> int:
    """Run one command. Returns the exit code."""
    logging.basicConfig(level=logging.WARNING, format="mien: %(message)s")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal that knows no é gets \xe9, not a crash
            stream.reconfigure(errors="backslashreplace")
    try:
        options = parser().parse_args(argv)
        command: Callable[[argparse.Namespace], dict[str, Any] | None] = options.command
        began, cpu = time.monotonic(), time.process_time()
        result = command(options)
        if result is not None:
            result["wall_seconds"] = round(time.monotonic() - began, 2)
            result["cpu_seconds"] = round(time.process_time() - cpu, 2)
            report(result, options)
        return 0
    except MienError as error:
        print(f"mien: {error}", file=sys.stderr)
        return error.code
    except KeyboardInterrupt:
        print("mien: stopped; nothing was written", file=sys.stderr)
        return 1
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except MemoryError:
        print("mien: not enough memory for this", file=sys.stderr)
        return 1
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        print(f"mien: the system refused: {(error.strerror or str(error)).lower()}{where}", file=sys.stderr)
        return 1
    except Exception as error:
        log.debug("unexpected", exc_info=True)
        what = f"{type(error).__name__}: {error}"
        print(f"mien: this is a bug in mien, please report it with the command you gave: {what}", file=sys.stderr)
        return 1


def run() -> NoReturn:
    """The program: leaves at once, even while a network is still computing what nobody wants any more."""
    heed_signals()
    code = main()
    threads = sys.modules.get("mien.performance.threads")
    if threads is not None and threads.any_running():
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


SOON = 0.05
"""Seconds after which an interrupt that was lost is raised again."""


def heed_signals() -> None:
    """SIGTERM and SIGHUP end the program as Ctrl-C does, tidily.

    An interrupt that falls into a callback from a library's own code (numba compiling, an object being freed) is lost
    there: Python, or the library, can only report it. It is raised again until it falls into ours; what the library
    says about being torn off in the middle is not for the user.
    """
    unraisable, uncaught, stopping = sys.unraisablehook, sys.excepthook, False

    def interrupt(number: int, frame: Any) -> NoReturn:
        nonlocal stopping
        stopping = True
        raise KeyboardInterrupt

    def lost(kind: Any, report: Callable[[], None]) -> None:
        if kind is KeyboardInterrupt:
            signal.setitimer(signal.ITIMER_REAL, SOON)
        elif not stopping:
            report()

    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGALRM"):
        if signal.getsignal(getattr(signal, name)) is not signal.SIG_IGN:  # nohup, a job in the background
            signal.signal(getattr(signal, name), interrupt)
    sys.unraisablehook = lambda what: lost(what.exc_type, lambda: unraisable(what))
    sys.excepthook = lambda kind, error, trace: lost(kind, lambda: uncaught(kind, error, trace))


def report(result: dict[str, Any], options: argparse.Namespace) -> None:
    """Say what was made: one JSON object on stdout, or a line on stderr."""
    if options.json:
        print(json.dumps(result, ensure_ascii=False))
    elif not options.quiet and "seconds" in result:
        took = f"{result['wall_seconds']:.1f} s, {result['cpu_seconds']:.1f} s CPU"
        names = result["output"] if isinstance(result["output"], list) else [result["output"]]
        print(f"{', '.join(names)}: {result['seconds']:.1f} s made in {took}", file=sys.stderr)
    if getattr(options, "open", False) and "seconds" in result:
        show(Path(result["output"][0] if isinstance(result["output"], list) else result["output"]))


# ---------------------------------------------------------------------------------------------- verbs


def say(options: argparse.Namespace) -> dict[str, Any]:
    out = output(options, refused="say writes files; for a pipe use speak (sound) or animate (motion)")
    text = text_from(options)
    how = manner(options, out)
    if options.takes == 1:
        return saved(said(text, options, how, options.seed), out, options)
    results = []
    for number, name in enumerate(numbered(out, options), 1):
        one = argparse.Namespace(**vars(options) | {"output": name, "yes": True})  # asked already
        results.append(saved(said(text, options, how, options.seed + number - 1), Path(name), one))
    return {"output": [r["output"] for r in results], **{k: results[0][k] for k in ("seconds", "notes")}}


def numbered(out: Path, options: argparse.Namespace) -> list[str]:
    """The names of several takes, none of which is in the way of another file: hello-1.mp4, hello-2.mp4 …"""
    if not 1 <= options.takes <= MOST_TAKES:
        raise WrongUse(f"takes must be in 1..{MOST_TAKES}, got {options.takes}")
    slash = "/" if options.output.endswith("/") else ""
    names = [f"{out.with_name(f'{out.stem}-{i}{out.suffix}')}{slash}" for i in range(1, options.takes + 1)]
    for name in names:
        if Path(name).suffix:
            agree(Path(name), options)
    return names


def said(text: str | None, options: argparse.Namespace, how: Any, seed: int) -> mien.Take:
    return mien.say(
        text,
        audio=options.audio,
        portrait=options.portrait,
        voice=options.voice,
        emotion=options.emotion,
        head=options.head,
        style=how,
        speed=options.speed,
        seed=seed,
        size=options.size,
        fps=options.fps,
        label=options.label,
        framing=options.framing,
        face=face(options),
        landmarks=options.landmarks,
        background=options.background,
        renderer=options.renderer,
        lenient=options.lenient,
    )


def render(options: argparse.Namespace) -> dict[str, Any]:
    out = output(options, refused="render writes files: give a name such as out.mp4")
    from mien.performance.manners import for_ready_motion

    how = manner(options, out)
    left = for_ready_motion(how)[1] if how is not None else ()
    if left and not options.quiet and not options.json:
        print(f"mien: ready motion keeps its own {', '.join(left)}: left out of the style", file=sys.stderr)
    take = mien.render(
        options.motion,
        portrait=options.portrait,
        audio=options.audio,
        style=how,
        size=options.size,
        label=options.label,
        framing=options.framing,
        face=face(options),
        landmarks=options.landmarks,
        background=options.background,
        renderer=options.renderer,
        fps=options.fps,
    )
    return saved(take, out, options)


def manner(options: argparse.Namespace, out: Path | None) -> Any:
    """What --style and --style-from ask for; how it was read is said, and saved where that is asked for."""
    clips = getattr(options, "style_from", None)
    if options.style is None and clips is None:
        if options.save_style is not None:
            raise WrongUse("there is no style to save: give one with --style or --style-from")
        return None
    from mien.performance.manners import files_of, manner_of
    from mien.style.sheet import save_sheet, sheet

    kept = None if options.save_style is None else Path(options.save_style)
    if kept is not None:
        need_suffix(kept, (".toml",))
        agree(kept, options)
    for path in files_of(options.style, clips):
        if any(made is not None and made.exists() and path.exists() and made.samefile(path) for made in (out, kept)):
            raise WrongUse(f"{path} is an input of this command: give another output")
    if clips is not None and not options.quiet and not options.json:
        print("mien: reading the style …", file=sys.stderr)
    how = manner_of(options.style, clips, seed=getattr(options, "seed", 0))
    if how.said and not options.quiet and not options.json:
        print(sheet(how, whole=False), end="", file=sys.stderr)
    if kept is not None:
        save_sheet(how, kept)
    return how


def face(options: argparse.Namespace) -> Any:
    """Which face of a photo, as it was typed."""
    if options.face is None:
        return None
    from mien.face.check import parse_which

    return parse_which(options.face)


def saved(take: mien.Take, out: Path, options: argparse.Namespace) -> dict[str, Any]:
    from mien.performance.take import PICTURED

    take.check_output(options.output)  # as it was typed: a slash at its end says that it is a folder
    if out.suffix:  # a folder must be new or empty: pictures are never mixed
        agree(out, options)
    suffix = out.suffix.lower()
    with progress_bar(options, suffix in PICTURED) as progress:
        take.save(options.output, progress=progress)
    seconds = progress.seconds or (take.audio if suffix in (".wav", ".srt", ".vtt") else take.motion).seconds
    notes = take.notes if suffix in PICTURED else []
    for note in notes:
        print(f"mien: {note}", file=sys.stderr)
    return {"output": str(out), "seconds": round(seconds, 3), "notes": notes}


def speak(options: argparse.Namespace) -> dict[str, Any] | None:
    from dataclasses import replace

    from mien.core.formats import save_speech
    from mien.core.plan import Utterance
    from mien.media import write_wav
    from mien.performance.verbs import joined

    out = output(options)
    if out is not None:
        need_suffix(out, (".wav",))
        agree(out, options)
        agree(out.with_suffix(".speech.json"), options)
    text = text_from(options) or ""
    speech = joined(
        mien.speak(text, voice=options.voice, emotion=options.emotion, speed=options.speed, lenient=options.lenient)
    )
    write_wav(out or "-", speech.audio)
    if out is None:
        return None
    beside = out.with_suffix(".speech.json")
    save_speech(replace(speech, utterance=Utterance(text)), beside)
    return {"output": str(out), "speech": str(beside), "seconds": round(speech.seconds, 3)}


def animate(options: argparse.Namespace) -> dict[str, Any] | None:
    from mien.core.formats import MOTION_SUFFIXES, motion_bytes

    out = output(options)
    if out is not None:
        need_suffix(out, MOTION_SUFFIXES)
        agree(out, options)
    motion = mien.animate(
        None if options.sound is None else Path(options.sound),
        text=options.text,
        emotion=options.emotion,
        head=options.head,
        style=manner(options, out),
        seed=options.seed,
        fps=options.fps,
        lenient=options.lenient,
    )
    if out is None:
        sys.stdout.buffer.write(motion_bytes(motion, ".csv"))
        return None
    motion.save(out)
    return {"output": str(out), "seconds": round(motion.seconds, 3), "frames": len(motion), "fps": str(motion.rate)}


def rig(options: argparse.Namespace) -> dict[str, Any]:
    from mien.face.landmarks import find_faces
    from mien.face.points import guessed
    from mien.media.picture import read_picture
    from mien.pointing.server import Pointing

    out = output(options, refused="the points are a file: give a name, as in: mien rig cat.png -o cat.json")
    need_suffix(out, (".json",))
    agree(out, options)
    image = read_picture(options.portrait)
    faces = find_faces(image, at_most=1)
    next_step = f'mien say "Hello" --portrait {options.portrait} --landmarks {out} -o hello.mp4'
    first = guessed(image.shape, faces[0] if faces else None)
    page = Pointing(image, first, out, found=bool(faces), said=f"Now: {next_step}")
    print(f"mien: open {page.address} and drag the points to their places (Ctrl-C stops)", file=sys.stderr, flush=True)
    if options.open:
        show(page.address)
    page.serve()
    if not options.quiet:
        print(f"{out}: saved; now: {next_step}", file=sys.stderr)
    return {"output": str(out), "next": next_step}


def evaluate(options: argparse.Namespace) -> None:
    from mien.evaluation.harness import evaluate as measure
    from mien.evaluation.report import check_folder

    if options.score:
        from mien.evaluation.score import score

        for row in score(*options.score):
            low, high = row.interval or (row.value, row.value)
            print(f"{row.system} {row.metric}: {row.value:.0%} ({low:.0%} … {high:.0%})")
        return
    if options.output in (None, "-"):
        raise WrongUse("evaluate writes a folder: give its name, as in: mien evaluate lips -o report/")
    out = Path(options.output)
    check_folder(out)
    agree(out / "report.json", options)
    tell = None if options.quiet else lambda name: print(f"mien: measuring {name} …", file=sys.stderr)
    made = measure(
        *options.suite,
        systems=options.system,
        data=options.data,
        fast=options.fast,
        seed=options.seed,
        progress=tell,
    )
    made.save(out)
    if options.sheets:
        made.save_sheets(options.sheets)
    if options.json:
        print(json.dumps(made.as_json(), ensure_ascii=False))
    elif not options.quiet:
        print(made.table())
        print(f"{out / 'index.html'}: the same with intervals and curves", file=sys.stderr)


def train(options: argparse.Namespace) -> dict[str, Any]:
    from mien.generators.heard_lightly import LIGHTLY
    from mien.generators.heard_net import AT_ONCE
    from mien.training.lips import train_lips
    from mien.training.sync import train_sync

    out = output(
        options, refused=f"a model is two files: give a name, as in: mien train {options.model} -o a.safetensors"
    )
    need_suffix(out, (".safetensors",))
    agree(out, options)
    fits: dict[str, Callable[..., Path]] = {
        "lips": train_lips, "lips-at-once": partial(train_lips, hearing=AT_ONCE),
        "lips-lightly": partial(train_lips, hearing=LIGHTLY), "sync": train_sync,
    }  # fmt: skip
    with progress_bar(options, True, "fitting", "steps") as progress:
        made = fits[options.model](options.data, out, seed=options.seed, progress=progress)
    return {"output": str(made), "card": str(made.with_suffix(".json"))}


def capture(options: argparse.Namespace) -> dict[str, Any] | None:
    from mien.core.formats import MOTION_SUFFIXES, motion_bytes

    out = output(options)
    if out is not None:
        need_suffix(out, (*MOTION_SUFFIXES, ".toml"))
        agree(out, options)
    notes: list[str] = []
    with progress_bar(options, True, "reading") as progress:
        motion = mien.capture(
            options.video,
            neutral=options.neutral,
            person=options.person,
            fps=options.fps,
            progress=progress,
            notes=notes,
        )
    for note in notes:
        print(f"mien: {note}", file=sys.stderr)
    if out is None:
        sys.stdout.buffer.write(motion_bytes(motion, ".csv"))
        return None
    if out.suffix.lower() == ".toml":
        from mien.style.code import code_from_motion

        code_from_motion(motion).save(out)
    else:
        motion.save(out)
    return {
        "output": str(out),
        "seconds": round(motion.seconds, 3),
        "frames": len(motion),
        "fps": str(motion.rate),
        "seen": round(float((motion["confidence"] > 0).mean()), 4),
        "notes": notes,
    }


def check(options: argparse.Namespace) -> None:
    from mien.media.picture import read_picture

    which = face(options)
    out = None if options.output is None else output(options, refused="check -o writes a picture: give a name")
    if out is not None:
        need_suffix(out, (".png",))
        agree(out, options)
    image = read_picture(options.photo)
    advice = mien.check(image, face=which)
    if out is not None:
        from mien.media.picture import write_png
        from mien.performance.found import found_picture

        write_png(out, found_picture(image, advice), synthetic=False)
    if options.json:
        print(json.dumps({"photo": options.photo} | advice.as_json(), ensure_ascii=False))
    elif not options.quiet:
        print(f"{options.photo}: {advice.verdict}")
        for finding in advice.findings:
            print(f"  {finding.verdict:6}  {finding.aspect:10}  {finding.reads}")
            if finding.verdict != "good":
                print(f"  {'':6}  {'':10}  {finding.rule.advice}")
    if advice.verdict == "poor":
        raise BadInput(f"{options.photo} is poor: {'; '.join(advice.notes)}")


def serve(options: argparse.Namespace) -> None:
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # matrices are small, and sessions many: more threads only wait
    from mien.core.registry import backend
    from mien.server.cast import Cast
    from mien.server.limits import Limits

    try:
        from mien.server.app import serve as run
        from mien.server.ice import ice_from_url
        from mien.server.tls import tls_from_files
    except ImportError as error:
        raise MissingExtra(f"serve needs the package {error.name!r}: pip install 'mien[live]'") from error
    answers = backend("agents", options.agent)
    if options.agent == "openai":
        from functools import partial

        if options.base_url is None or options.model is None:
            raise WrongUse("the agent openai needs --base-url http://127.0.0.1:11434/v1 and --model NAME")
        answers = partial(answers, options.base_url, options.model)
        answers()  # what cannot be is said now
    cast = Cast(
        renderer=options.renderer,
        portrait=options.portrait,
        size=options.size or 512,
        voice=options.voice,
        agent=options.agent,
        answers=answers,
    )
    cast.check_voice(options.voice)

    def told(address: str) -> None:
        if not options.quiet:
            print(f"mien: open {address} (Ctrl-C stops)", file=sys.stderr, flush=True)
        if options.open:
            show(address)

    if options.sessions < 1:
        raise WrongUse(f"there must be place for one session at least, got {options.sessions}")
    limits = Limits(sessions=options.sessions)
    ice = tuple(ice_from_url(url) for url in options.turn)
    tls = tls_from_files(*options.tls) if options.tls else None
    run(
        cast, host=options.host, port=options.port, token=options.token, name=options.name, limits=limits, ice=ice,
        tls=tls, told=told,
    )  # fmt: skip


# ------------------------------------------------------------------------------------------- look-ups


def verify(options: argparse.Namespace) -> None:
    from dataclasses import asdict

    from mien.media.verification import lines, verdict

    found = mien.verify(options.file, trust=options.trust)
    if options.json:
        print(json.dumps({"file": options.file, **asdict(found)}, ensure_ascii=False))
    else:
        print(*lines(found), sep="\n")
    if not found.intact:
        raise BadInput(f"{options.file}: {verdict(found)}")


def listing(options: argparse.Namespace) -> None:
    from mien.listing import rows

    table = {kind: rows(kind) for kind in ([options.kind] if options.kind else LISTS)}
    if options.json:
        print(json.dumps(table if not options.kind else table[options.kind], ensure_ascii=False))
        return
    for kind, names in table.items():
        if not options.kind:
            print(f"{kind}:")
        width = max((len(name) for name in names), default=0)
        for name, what in names.items():
            print(f"{'' if options.kind else '  '}{name:{width}}  {what}".rstrip())


def models(options: argparse.Namespace) -> None:
    from mien.core.weights import catalogue, weights

    names = list(catalogue()) if options.name == "all" else [options.name]
    for name in names:
        print(weights(name))
    if options.name == "all":  # after which nothing is left to be done in front of a user
        from mien.renderers.portrait import warm

        print("compiling what draws, once (20 s) …", file=sys.stderr, flush=True)
        warm()


def doctor(options: argparse.Namespace) -> None:
    from mien.listing import findings

    bad = False
    for ok, line in findings():
        bad |= not ok
        print(f"{'ok  ' if ok else 'BAD '} {line}")
    if bad:
        raise MienError("something is missing: see the lines marked BAD")


# ------------------------------------------------------------------------------------ input and output


def text_from(options: argparse.Namespace) -> str | None:
    """The text given as an argument, by --text, by --text-file or on stdin (``-``)."""
    positional = options.words
    given = [t for t in (positional, getattr(options, "text", None), getattr(options, "text_file", None)) if t]
    if len(given) > 1:
        raise WrongUse("give the text once: as an argument, with --text or with --text-file")
    if options.text_file:
        return text_file(options.text_file)
    if positional == "-":
        return text_file("-")
    text: str | None = positional if positional is not None else getattr(options, "text", None)
    if text is None and not getattr(options, "audio", None) and not getattr(options, "head", None):
        raise WrongUse('nothing to say: give a text, as in: mien say "Hello" -o hello.mp4')
    if positional is not None and is_file(positional):
        heard = f", --audio {positional} performs a recording" if hasattr(options, "audio") else ""
        raise WrongUse(f"{positional} is a file: --text-file {positional} says what is written in it{heard}")
    return text


def is_file(text: str) -> bool:
    """Whether a text is rather the name of a file that is there."""
    try:
        return bool(Path(text).suffix) and Path(text).is_file()
    except (OSError, ValueError):  # too long for a name, or not one
        return False


def text_file(name: str) -> str:
    if name == "-":
        if sys.stdin is None:
            raise BadInput("stdin is closed: there is no text to read")
        return decoded(sys.stdin.buffer.read(LONGEST_TEXT), "stdin")
    try:
        with Path(name).open("rb") as file:
            return decoded(file.read(LONGEST_TEXT), name)
    except OSError as error:
        raise BadInput(f"cannot read the text file {name}: {(error.strerror or 'it failed').lower()}") from None


def decoded(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput(f"{name} is not a text in UTF-8") from None


def output(options: argparse.Namespace, *, refused: str = "") -> Any:
    """The output path; None for stdout where the command allows it."""
    if options.output == "-":
        if refused:
            raise WrongUse(refused)
        return None
    return Path(options.output)


def need_suffix(out: Path, suffixes: tuple[str, ...]) -> None:
    if out.suffix.lower() not in suffixes:
        raise WrongUse(f"cannot write {out.name!r}: the output must end in {' or '.join(suffixes)}")
    if not out.parent.is_dir():
        raise BadInput(f"cannot write {out}: there is no folder {out.parent}; make it first")


INPUTS = ("portrait", "photo", "landmarks", "audio", "text_file", "sound", "motion", "video")
"""Options that name files to read, of any command."""


def agree(out: Path, options: argparse.Namespace) -> None:
    """An input is never replaced; another file only with -y or a yes at the terminal."""
    given = [Path(name) for option in INPUTS if (name := getattr(options, option, None)) and name != "-"]
    given += [Path(name).with_suffix(".speech.json") for name in (getattr(options, "sound", None),) if name]
    if any(out.exists() and path.exists() and out.samefile(path) for path in given):
        raise WrongUse(f"{out} is an input of this command: give another output")
    if out.exists() and not out.is_file():
        raise WrongUse(f"cannot write {out}: it is {'a folder' if out.is_dir() else 'not a file'}; give another name")
    if not os.path.lexists(out) or options.yes:
        return
    watched = all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))
    if watched and not options.quiet:
        print(f"{out} exists. Replace it? [y/N] ", end="", file=sys.stderr, flush=True)
        if sys.stdin.readline().strip().lower() in ("y", "yes"):
            return
    raise OutputExists(f"{out} exists already: use -y to replace it, or give another name")


class ProgressBar:
    """Seconds made, with time left; silent when nobody watches."""

    def __init__(self, bar: Any, doing: str) -> None:
        self._bar, self._doing, self.seconds = bar, doing, 0.0

    def __call__(self, done: float, total: float | None) -> None:
        if self._bar is not None:
            self._bar.set_description_str(self._doing, refresh=False)
            if total is not None:
                self._bar.total = max(round(total, 1), round(done, 1))
            self._bar.update(round(done, 1) - self._bar.n)
        self.seconds = done


@contextmanager
def progress_bar(
    options: argparse.Namespace, long: bool, doing: str = "drawing", unit: str = "s"
) -> Iterator[ProgressBar]:
    if options.quiet or not long or sys.stderr is None or not sys.stderr.isatty():
        yield ProgressBar(None, doing)
        return
    from tqdm import tqdm

    shape = f"{{l_bar}}{{bar}}| {{n:.1f}}/{{total:.1f}} {unit} [{{elapsed}}<{{remaining}}]"
    with tqdm(total=1.0, unit=unit, bar_format=shape, leave=False, desc="preparing") as bar:
        yield ProgressBar(bar, doing)


def show(path: Path | str) -> None:
    """Open a file with whatever the desktop opens it with."""
    import subprocess

    opener = "open" if sys.platform == "darwin" else "xdg-open"
    try:
        subprocess.Popen([opener, str(path)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except OSError:
        print(f"mien: no {opener} here to open {path} with", file=sys.stderr)


# --------------------------------------------------------------------------------------------- grammar

LISTS = ("voices", "emotions", "styles", "tags", "renderers", "generators", "trackers", "models")


class Parser(argparse.ArgumentParser):
    """argparse, with errors that read like the others."""

    def error(self, message: str) -> NoReturn:
        raise WrongUse(f"{message} (see: {self.prog} --help)")


def parser() -> argparse.ArgumentParser:
    """The whole grammar of the command line."""
    top = Parser(prog="mien", description="Give any text or voice a face that means it.", allow_abbrev=False)
    top.add_argument("--version", action="version", version=f"mien {mien.__version__}")
    verbs = top.add_subparsers(metavar="COMMAND", required=True, parser_class=Parser)

    one = verb(verbs, "say", say, "a sentence or a recording, on a face, as a video")
    one.add_argument("words", nargs="?", metavar="TEXT", help="what is said, with [tags]; - reads it from stdin")
    one.add_argument("--text", help="what is said in the --audio recording")
    one.add_argument("--text-file", metavar="FILE", help="a text in UTF-8 to say")
    lenient(one)
    one.add_argument("--audio", metavar="FILE", help="a recording to perform (any sound or video file)")
    picture(one)
    voice(one)
    moving(one)
    one.add_argument("--takes", type=int, default=1, metavar="N", help="several, by different seeds: out-1.mp4 …")
    writing(one, PICTURES + ", .wav, .npz .json .csv (motion), .srt .vtt (subtitles)")
    one.add_argument("--open", action="store_true", help="show the result when it is done")

    one = verb(verbs, "speak", speak, "text to sound, with words and phones in time beside it")
    one.add_argument("words", nargs="?", metavar="TEXT", help="what is said, with [tags]; - reads it from stdin")
    one.add_argument("--text-file", metavar="FILE", help="a text in UTF-8 to say")
    lenient(one)
    voice(one)
    one.add_argument(
        "--emotion", metavar="NAME[:0..1],…", help="happy, sad, angry, fear …, or auto; see: mien list emotions"
    )
    writing(one, ".wav; - is stdout")

    one = verb(verbs, "animate", animate, "a recording to motion")
    one.add_argument(
        "sound", nargs="?", metavar="SOUND", help="any sound or video file; its .speech.json is used when there"
    )
    one.add_argument("--text", help="what is said in it")
    lenient(one)
    moving(one)
    writing(one, ".npz, .json or .csv; - is .csv on stdout")

    one = verb(verbs, "capture", capture, "a face in a video to motion")
    one.add_argument("video", metavar="VIDEO", help="a video file, a folder of pictures, or the number of a webcam (0)")
    one.add_argument("--neutral", default="auto", metavar="FRAME", help="the frame that shows the face at rest (auto)")
    one.add_argument("--person", type=int, default=1, help="which one, the one seen most being 1 (default 1)")
    one.add_argument("--fps", metavar="R", help="pictures a second of a folder (default 25)")
    writing(one, ".npz, .json or .csv; - is .csv on stdout; .toml is the style code, for --style-from")

    one = verb(verbs, "render", render, "motion on a face, as a video")
    one.add_argument("motion", metavar="MOTION", help=".npz, .json or .csv")
    one.add_argument("--audio", metavar="FILE", help="sound to lay under it")
    one.add_argument("--fps", help="of a .csv, which does not say: frames per second")
    style(one, clips=False)
    picture(one)
    writing(one, PICTURES)
    one.add_argument("--open", action="store_true", help="show the result when it is done")

    one = verb(verbs, "serve", serve, "a live face in the browser, that answers and can be interrupted")
    one.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine alone)")
    one.add_argument("--port", type=int, default=8000, help="0 takes a free one (default 8000)")
    one.add_argument("--token", default="", help="what others must know; needed for any address but this machine's")
    one.add_argument("--sessions", type=int, default=8, metavar="N", help="people at a time (default 8)")
    one.add_argument(
        "--tls", nargs=2, metavar=("CERT", "KEY"), help="HTTPS by these PEM files: a phone's microphone wants it"
    )
    one.add_argument(
        "--turn", action="append", default=[], metavar="URL",
        help="for WebRTC through firewalls: turn:USER:PASSWORD@HOST:PORT?transport=tcp, or stun:HOST (may be repeated)",
    )  # fmt: skip
    one.add_argument("--name", default="", help="of this process among several: ids of its sessions begin with it")
    one.add_argument("--open", action="store_true", help="open the page in a browser")
    one.add_argument("--agent", default="script", help="who answers: script or openai (default script)")
    one.add_argument("--base-url", metavar="URL", help="of openai: any endpoint like http://127.0.0.1:11434/v1")
    one.add_argument("--model", metavar="NAME", help="of openai: which model answers; its key is OPENAI_API_KEY")
    one.add_argument("--portrait", metavar="PHOTO", help="a photo of a face (default: a public-domain portrait)")
    one.add_argument("--size", type=int, metavar="N", help="pixels, even: 256..1024 (512)")
    one.add_argument("--renderer", default="portrait", help="see: mien list renderers (default portrait)")
    one.add_argument("--voice", default="af_heart", help="see: mien list voices (default af_heart)")
    one.add_argument("--quiet", action="store_true", help="print nothing")

    one = verb(verbs, "rig", rig, "point out a face that is not found: an animal, a drawing")
    one.add_argument("portrait", metavar="PHOTO", help="a picture of a face")
    one.add_argument("--open", action="store_true", help="open the page in a browser")
    writing(one, ".json, for --landmarks")

    one = verb(verbs, "check", check, "will this photo do: good, usable or poor, and why")
    one.add_argument("photo", metavar="PHOTO", help="a photo of a face")
    one.add_argument(
        "--face", metavar="N|X,Y", help="which of several: 1 is the largest; or the one nearest to a pixel"
    )
    writing(one, ".png: the photo with what was found in it", required=False)

    one = verb(verbs, "evaluate", evaluate, "how well it moves, beside other systems, as figures and a page")
    one.add_argument("suite", nargs="*", metavar="SUITE", help="what is measured (default: every suite)")
    one.add_argument("--system", action="append", metavar="NAME", help="only this system (may be repeated)")
    one.add_argument("--data", metavar="DIR", help="the folder with captured clips (docs/evaluate.md)")
    one.add_argument("--fast", action="store_true", help="fewer clips")
    one.add_argument("--seed", type=int, default=0, help="of all chance (default 0)")
    one.add_argument("--sheets", metavar="DIR", help="write contact sheets there, too")
    one.add_argument("--score", nargs="+", metavar="FILE", help="score the answers of a blind test instead")
    writing(one, "a folder for the report", required=False)

    one = verb(verbs, "train", train, "fit a small model to the data folder")
    one.add_argument(
        "model",
        choices=("lips", "lips-at-once", "lips-lightly", "sync"),
        help="lips: what hears them, in files or live; sync: what mien evaluate sync asks",
    )
    one.add_argument("--data", metavar="DIR", help="the folder with captured clips (docs/evaluate.md)")
    one.add_argument("--seed", type=int, default=0, help="of all chance (default 0)")
    writing(one, ".safetensors; its card goes beside it")

    one = verb(verbs, "verify", verify, "whether a file is as it was signed, who signed it, and what it says of itself")
    one.add_argument("file", metavar="FILE", help="a video or a picture")
    one.add_argument("--trust", metavar="PEM", help="certificates of those to trust; without, nobody is")
    one.add_argument("--json", action="store_true", help="one JSON object on stdout")

    one = verbs.add_parser("list", help="what there is", description="List what there is.", allow_abbrev=False)
    one.add_argument("kind", nargs="?", choices=LISTS)
    one.add_argument("--json", action="store_true", help="as JSON")
    one.set_defaults(command=listing)

    one = verbs.add_parser("models", help="fetch model data", description="Fetch model data ahead of time.")
    get = one.add_subparsers(metavar="get", required=True, parser_class=Parser).add_parser("get", help="fetch one")
    get.add_argument("name", metavar="NAME", help="see: mien list models; all fetches every one")
    get.set_defaults(command=models)

    one = verbs.add_parser("doctor", help="is everything in place", description="Check that everything is in place.")
    one.set_defaults(command=doctor)
    return top


def verb(verbs: Any, name: str, command: Callable[..., Any], what: str) -> argparse.ArgumentParser:
    made: argparse.ArgumentParser = verbs.add_parser(
        name, help=what, description=what[0].upper() + what[1:] + ".", allow_abbrev=False
    )
    made.set_defaults(command=command)
    return made


def picture(one: argparse.ArgumentParser) -> None:
    one.add_argument("--portrait", metavar="PHOTO", help="a photo of a face (default: a public-domain portrait)")
    one.add_argument("--framing", default="face", metavar="face|photo", help="a square round the head, or all of it")
    one.add_argument(
        "--face", metavar="N|X,Y", help="which of several: 1 is the largest; or the one nearest to a pixel"
    )
    one.add_argument("--landmarks", metavar="JSON", help="where the face is, if it is not found; see: mien rig")
    one.add_argument("--size", type=int, metavar="N", help="pixels, even: 256..1024 (512); photo: its longer side")
    one.add_argument("--renderer", default="portrait", help="see: mien list renderers (default portrait)")
    one.add_argument("--background", default="keep", metavar="WHAT", help="keep, blur, none, #rrggbb or a picture")
    one.add_argument("--label", action="store_true", help='write a small "synthetic" into the picture')


def lenient(one: argparse.ArgumentParser) -> None:
    one.add_argument("--lenient", action="store_true", help="tags that do not exist are text; see: mien list tags")


def voice(one: argparse.ArgumentParser) -> None:
    one.add_argument("--voice", default="af_heart", help="see: mien list voices (default af_heart)")
    one.add_argument("--speed", type=float, default=1.0, help="0.5..2 (default 1)")


def style(one: argparse.ArgumentParser, *, clips: bool = True) -> None:
    one.add_argument("--style", metavar="HOW", help="jaw=1.2,head=0.5; words: 'tired, nods a lot'; or a saved .toml")
    if clips:
        one.add_argument("--style-from", metavar="CLIP[:W],…", help="as in a video, a motion or a saved code (.toml)")
    one.add_argument("--save-style", metavar="FILE", help=".toml: how the style was read, to edit and give to --style")


def moving(one: argparse.ArgumentParser) -> None:
    style(one)
    one.add_argument(
        "--emotion", metavar="NAME[:0..1],…", help="happy, sad, angry, fear …, or auto; see: mien list emotions"
    )
    one.add_argument("--head", metavar="TEXT", help='what it does: "nods twice, then turns left at the end"')
    one.add_argument("--seed", type=int, default=0, help="another seed moves another way (default 0)")
    one.add_argument("--fps", default="25", help="frames per second, 10..60 or 30000/1001 (default 25)")


def writing(one: argparse.ArgumentParser, kinds: str, *, required: bool = True) -> None:
    one.add_argument("-o", "--output", required=required, metavar="OUT", help=kinds)
    one.add_argument("-y", "--yes", action="store_true", help="replace an existing output")
    one.add_argument("--quiet", action="store_true", help="no progress, no summary")
    one.add_argument("--json", action="store_true", help="one JSON object about the result on stdout")


if __name__ == "__main__":
    run()
