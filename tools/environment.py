"""Write `environment.yml` for conda users from `pyproject.toml`, the one list of dependencies."""

import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
HEADER = "# Written by tools/environment.py from pyproject.toml; do not edit.\n"


def environment(project: dict) -> str:
    """Return the text of environment.yml."""
    lines = [
        "name: redaction-workbench",
        "channels: [conda-forge]",
        "dependencies:",
        f"  - python {project['requires-python']}",
        "  - pip",
        "  - pip:",
        *(f'      - "{requirement}"' for requirement in project["dependencies"]),
    ]
    return HEADER + "\n".join(lines) + "\n"


def main() -> int:
    """Write the file, or with --check say whether it is up to date."""
    wanted = environment(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"])
    target = ROOT / "environment.yml"
    if "--check" in sys.argv:
        if not target.is_file() or target.read_text("utf-8") != wanted:
            print("environment.yml is out of date: run python tools/environment.py")
            return 1
        return 0
    target.write_text(wanted, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
