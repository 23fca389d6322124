"""One side of the comparison of videos, in a process of its own; answers with one line of JSON.

``deface-boxes CLIP`` tells what deface finds in each frame, ``limit CLIP OUT`` decodes and encodes and nothing else,
``redact QUALITY CLIP OUT`` is the workbench's whole path: open, search, link, render, encode, check, publish.
"""

import json
import sys
from pathlib import Path
from typing import Any

from peak import peak_mib


def deface_boxes(clip: str) -> dict[str, Any]:
    """Return deface's boxes at its defaults, for every frame, without its own growth."""
    import imageio.v2 as imageio
    from deface.centerface import CenterFace

    network = CenterFace(in_shape=None, backend="auto")
    with imageio.get_reader(clip) as reader:
        return {"boxes": [network(frame, threshold=0.2)[0][:, :4].tolist() for frame in reader.iter_data()]}


def limit(clip: str, out: str) -> dict[str, Any]:
    """Decode and encode with the settings of the publication profile."""
    from workbench.media.video import open_video
    from workbench.media.video_write import SegmentWriter
    from workbench.profiles import load

    video = open_video(Path(clip))
    with SegmentWriter(Path(out), video, load("publication").video.compression) as writer:
        for frame in video.frames():
            writer.write(frame.planes, frame.time)
        writer.close()
    return {}


def redact(quality: str, clip: str, out: str) -> dict[str, Any]:
    """Redact a clip; only faces are looked for, as deface does."""
    from workbench import profiles
    from workbench.values import Kind
    from workbench.video.redact import redact_file

    base = profiles.load("publication").changed(quality=quality, detectors=("centerface",))
    outcome = redact_file(Path(clip), Path(out).with_suffix(""), base.with_kinds((Kind.FACE,)))
    return {"rows": [list(row) for row in outcome.regions], "frames": outcome.frames, "notes": list(outcome.notes)}


def main() -> None:
    work, *arguments = sys.argv[1:]
    answer = {"deface-boxes": deface_boxes, "limit": limit, "redact": redact}[work](*arguments)
    print(json.dumps({**answer, "peak_mib": peak_mib()}))


if __name__ == "__main__":
    main()
