"""Label sets from and to YOLO as Ultralytics lays it out: ``data.yaml``, ``train.txt`` and one text file a picture.

Source: https://docs.ultralytics.com/datasets/detect/. A line is ``class x y width height``, the box's middle and
sides as fractions of the picture. It holds nothing else: what is lost is said.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from workbench.disk import printable
from workbench.labels.reading import Remarks, Sizes, bounding, label, label_set, number, text_of, whole
from workbench.labels.values import Box, Label, LabelSet, Picture
from workbench.labels.writing import put_tree, safe, unheld, without_suffix
from workbench.values import FileError

NAMES = ("data.yaml", "data.yml", "dataset.yaml", "classes.txt", "obj.names")
"""where tools keep the names of the classes, in the order in which we look"""
LISTS = ("train.txt", "val.txt", "valid.txt", "test.txt")
PICTURES = (".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff", ".heic", ".avif", ".gif", ".dng", ".mpo")
DARKNET = "obj.data"
"""says where the lists are, as "train = data/train.txt"; CVAT and Datumaro name them after the data set's parts"""
_SPLIT = re.compile(
    r"^(?:\./)*(?:(?:images|labels)/(?:train|val|valid|test)|(?:train|val|valid|test)/(?:images|labels)|images|labels"
    r"|(?:data/)?obj_\w+_data)/"
)


def read(path: Path, sizes: Sizes | None = None) -> LabelSet:
    """Read a YOLO folder, or the one in which the given ``data.yaml`` lies.

    Parameters
    ----------
    path : Path
    sizes : callable
        Gives the size of each picture, without which fractions mean nothing; pictures it does not know have no
        boxes, and that is remarked.

    Raises
    ------
    FileError
        When names are missing or a line is wrong.
    """
    folder, remarks = path if path.is_dir() else path.parent, Remarks()
    file = next((folder / name for name in NAMES if (folder / name).is_file()), None) if path.is_dir() else path
    if file is None:
        raise FileError(f"{printable(folder.name)} names no classes: put a data.yaml or classes.txt into it.")
    kinds = _kinds(file)
    label_files = {_stem(name): folder / name for name in _label_names(folder)}
    pictures = []
    for name in _pictures(folder, label_files):
        size = (sizes(name) if sizes else None) or (0, 0)
        file_of = label_files.get(without_suffix(name)) or label_files.get(name)
        if file_of and not all(size):
            remarks.add("Pictures whose size is not known, so that their boxes are left out")
            file_of = None
        pictures.append(Picture(name, *size, tuple(_labels(file_of, kinds, size, remarks)) if file_of else ()))
    return label_set(pictures, kinds.values(), remarks, folder.name)


def write(labels: LabelSet, out: Path) -> tuple[str, ...]:
    """Write a new YOLO folder without its pictures; return one sentence for everything that it cannot hold.

    Raises
    ------
    FileError
        When two pictures would share one label file, or a size is not known.
    """
    import yaml

    numbers = {kind: number_of for number_of, kind in enumerate(labels.kinds)}
    head = {"path": ".", "train": "train.txt", "names": {number_of: kind for kind, number_of in numbers.items()}}
    listed = "".join(f"./images/train/{safe(picture.name)}\n" for picture in labels.pictures)
    files = {"data.yaml": yaml.safe_dump(head, sort_keys=False, allow_unicode=True).encode()}
    files["train.txt"] = listed.encode()
    owners: dict[str, str] = {}
    for picture in labels.pictures:
        place = _label_place(picture.name)
        if place in files:
            raise FileError(
                f"{printable(owners.get(place, place))} and {printable(picture.name)} would share one label file, "
                f"because YOLO leaves out suffixes: use another format."
            )
        if picture.labels and not (picture.width and picture.height):
            raise FileError(f"The size of {printable(picture.name)} is not known, which YOLO needs.")
        owners[place] = picture.name
        files[place] = "".join(_line(item, numbers[item.kind], picture) for item in picture.labels).encode()
    put_tree(files, out)
    return tuple(unheld(labels, pictures=True, all_fields=True))


def _label_place(name: str) -> str:
    # As Ultralytics finds it: the last "/images/" of a picture's path becomes "/labels/".
    head, _, tail = f"/images/train/{name}".rpartition("/images/")
    return without_suffix(f"{head}/labels/{tail}".lstrip("/")) + ".txt"


def _line(item: Label, number_of: int, picture: Picture) -> str:
    x0, y0, x1, y1 = item.box
    across, down = picture.width, picture.height
    parts = ((x0 + x1) / 2 / across, (y0 + y1) / 2 / down, (x1 - x0) / across, (y1 - y0) / down)
    return f"{number_of} {' '.join(f'{part:.12f}' for part in parts)}\n"


def _kinds(file: Path) -> dict[int, str]:
    import yaml

    name, text = printable(file.name), text_of(file)
    if file.suffix not in (".yaml", ".yml"):
        return dict(enumerate(line.strip() for line in text.splitlines() if line.strip()))
    try:
        content = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise FileError(f"{name} is not valid YAML ({str(error).splitlines()[0]}): correct it.") from None
    names: Any = content.get("names") if isinstance(content, dict) else None
    if isinstance(names, list):
        names = dict(enumerate(names))
    if not isinstance(names, dict) or not names:
        raise FileError(f"{name} names no classes: add a list 'names'.")
    kinds = {whole(number_of, f"{name}, names"): str(kind) for number_of, kind in names.items()}
    if twice := {kind for kind in kinds.values() if list(kinds.values()).count(kind) > 1}:
        raise FileError(f"{name} gives two classes the name {printable(min(twice))}: give each its own.")
    return kinds


def _label_names(folder: Path) -> Iterator[str]:
    others = {*_lists(folder), *NAMES}
    for path in sorted(folder.rglob("*.txt")):
        if path.name not in others or path.parent != folder:
            yield path.relative_to(folder).as_posix()


def _stem(name: str) -> str:
    """Return what a label file and its picture have in common."""
    if "/labels/" in f"/{name}":
        head, _, tail = f"/{name}".rpartition("/labels/")
        name = f"{head}/images/{tail}".lstrip("/")
    return _bare(name).removesuffix(".txt")


def _bare(name: str) -> str:
    return _SPLIT.sub("", name, count=1)


def _pictures(folder: Path, label_files: dict[str, Path]) -> list[str]:
    """Return the names of the pictures: listed, lying there, or known by their label file alone."""
    lists = [folder / name for name in _lists(folder) if (folder / name).is_file()]
    lines = [line.strip() for file in lists for line in _lines(file)]
    listed = [line.replace("\\", "/") for line in lines if line]
    there = (path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*")))
    listed += [name for name in there if name.lower().endswith(PICTURES)]
    names = dict.fromkeys(map(_bare, listed))
    known = {without_suffix(name) for name in names} | set(names)
    return [*names, *(stem for stem in label_files if stem not in known)]


def _lists(folder: Path) -> tuple[str, ...]:
    """Return what the lists of pictures may be called, also by Darknet's own file."""
    if not (folder / DARKNET).is_file():
        return LISTS
    named = re.findall(r"^\s*\w+\s*=\s*(?:\S*/)?([^/\s]+\.txt)\s*$", text_of(folder / DARKNET), re.MULTILINE)
    return tuple(dict.fromkeys((*LISTS, *named)))


def _lines(file: Path) -> list[str]:
    return text_of(file).split("\n")


def _labels(file: Path, kinds: dict[int, str], size: tuple[int, int], remarks: Remarks) -> Iterator[Label]:
    rows = [(at, line.split()) for at, line in enumerate(text_of(file).splitlines(), start=1) if line.strip()]
    scored = any("." in parts[5] for _, parts in rows if len(parts) == 6)
    for at, parts in rows:
        where = f"{printable(file.name)}, line {at}"
        number_of = whole(parts[0], where)
        if number_of not in kinds:
            raise FileError(f"{where}: class {number_of} has no name: add it to the names of the classes.")
        box, further = _box([number(part, where) for part in parts[1:]], where, remarks)
        across, down = size
        pixels = box[0] * across, box[1] * down, box[2] * across, box[3] * down
        # Ultralytics writes a score there, CVAT the number of a track.
        attributes = {"score" if scored else "track": further} if further is not None else {}
        made = label(pixels, kinds[number_of], size, attributes, remarks)
        if made:
            yield made


def _box(values: list[float], where: str, remarks: Remarks) -> tuple[Box, float | None]:
    """Return a box as fractions of its picture, and the sixth column where there is one."""
    if len(values) in (4, 5):
        x, y, width, height = values[:4]
        return (x - width / 2, y - height / 2, x + width / 2, y + height / 2), values[4] if len(values) == 5 else None
    if len(values) >= 6 and len(values) % 2 == 0:
        remarks.add("Outlines and turned boxes, taken as the upright boxes around them")
        return bounding(list(zip(values[::2], values[1::2], strict=True))), None
    raise FileError(f"{where} has {len(values) + 1} columns: a box needs 5, an outline an odd number from 7 on.")
