"""What holds for the project as a whole."""

import re
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
LONGEST = 400
"""lines"""


def python_files():
    """Every Python file of the project: those that git tracks, or all in its folders where there is no git."""
    done = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.py"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode == 0:
        return [ROOT / name for name in sorted(done.stdout.split("\0")) if name and (ROOT / name).is_file()]
    return sorted(
        path for part in ("workbench", "tests", "benchmarks", "tools") for path in (ROOT / part).rglob("*.py")
    )


def test_no_file_grows_past_what_one_can_read():
    files = python_files()
    assert ROOT / "workbench" / "pipeline.py" in files
    lengths = {path.relative_to(ROOT).as_posix(): len(path.read_text("utf-8").splitlines()) for path in files}
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


def test_no_two_modules_of_tests_share_a_name():
    # pytest loads each by its bare name: of two with the same, one would be taken for the other.
    names = Counter(path.stem for path in python_files() if path.is_relative_to(ROOT / "tests"))
    assert [name for name, number in names.items() if number > 1 and name != "conftest"] == []


def test_importing_the_package_loads_nothing_heavy():
    code = "import workbench, sys; print([name for name in sys.modules if name.split('.')[0] in sys.argv[1:]])"
    heavy = ["cv2", "numpy", "torch", "onnxruntime", "openvino", "ipywidgets", "PIL", "rapidocr"]
    done = subprocess.run([sys.executable, "-c", code, *heavy], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_public_name_can_be_had():
    code = "import workbench; [getattr(workbench, name) for name in workbench.__all__]"
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_every_dependency_is_bounded_on_both_sides_and_explained():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wanted = [
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"]["yolo"],
        *project["dependency-groups"]["dev"],
    ]
    explained = (ROOT / "docs" / "dependencies.md").read_text("utf-8")
    for requirement in wanted:
        name = re.split(r"[<>=]", requirement)[0]
        assert ">=" in requirement, requirement
        assert "<" in requirement, requirement
        assert f"`{name}`" in explained, f"docs/dependencies.md does not say why {name} is there"


def test_the_conda_environment_lists_the_same_dependencies():
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "environment.py", "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
