"""What becomes of a video's sound: the profile's policy and the stretches that people marked."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from workbench.media.video import Video
from workbench.media.video_audio import Sound, sound
from workbench.profiles import Profile


@dataclass(frozen=True)
class Sounds:
    """The sound to write, and what is said about it."""

    sound: Sound | None
    words: str
    """`Outcome.audio`"""
    notes: tuple[str, ...] = ()


def sounds(video: Video, profile: Profile, muted: Sequence[tuple[int, int]], times: Sequence[Fraction]) -> Sounds:
    """Return what is written as the sound of a video.

    Parameters
    ----------
    video : Video
    profile : Profile
        Its policy.
    muted : sequence of (int, int)
        First and last frame of the stretches that people marked.
    times : sequence of Fraction, s
        When each frame is shown.
    """
    policy = profile.video.audio
    if not video.has_audio:
        return Sounds(None, "none")
    if policy == "drop":
        return Sounds(None, "dropped", ("The sound was dropped.",))
    if policy == "mute" and not muted:
        return Sounds(None, "dropped", ("The sound was dropped: nobody marked what of it has to be muted.",))
    ends = [*times, video.duration]
    stretches = [(times[first], ends[min(last + 1, len(times))]) for first, last in muted if first < len(times)]
    written = sound(video.path, policy, stretches, video.start)
    if written is None:
        return Sounds(None, "dropped", ("The sound could not be kept and was dropped.",))
    return Sounds(written, written.words, written.notes)
