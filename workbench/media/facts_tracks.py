"""What the tracks of a movie disclose beside its pictures: sound, telemetry, subtitles, timecodes, hidden frames."""

import re

from workbench.media.bytewise import number
from workbench.media.coded import message_runs
from workbench.media.facts import Facts, Source, decode
from workbench.media.facts_gpmf import read_gpmf
from workbench.media.movie_tables import Movie, Track
from workbench.media.scan_movie import PICTURES

VOICE = "a voice is personal data"
_TELEMETRY = "may hold position and time"
_MAX_LOOKED = 2_000
"""samples of a track whose messages are read"""
_MAX_MESSAGES = 8
_TEXTS = ("text", "sbtl", "subt", "clcp")
_MESSAGE = 5
"""the SEI payload type that holds anything its maker likes, behind 16 bytes that say who that is"""
_MADE_BY = {
    "dc45e9bde6d948b7962cd820d923eeef": "settings of the x264 encoder",
    "2ca2de09b51747dbbb55a4fe7fc2fc4e": "settings of the x265 encoder",
    "17ee8c60f84d11d98cd60800200c9a66": "AVCHD camera data: date, camera, sometimes position",
}


def read_tracks(facts: Facts, source: Source, movie: Movie) -> None:
    """Add what each track discloses."""
    pictures = 0
    for track in movie.tracks:
        at = source.at(track.offset)
        where = f"{source.where} track {track.number}"
        size = f"{len(track.sizes)} samples, {int(track.sizes.sum())} bytes"
        coding = ", ".join(track.codings) or "unknown"
        pictures += track.handler == "vide"
        _hidden(facts, movie, track, where, at)
        if track.handler == "vide":
            if pictures > 1:
                facts.add("second picture", "further video track", f"{coding}, {size}", where, at)
            _messages(facts, source, track, where)
        elif track.handler == "soun":
            seconds = track.length / max(track.scale, 1)
            facts.add("person", "sound", f"{coding}, {seconds:.1f} s: {VOICE}", where, at)
        elif track.handler == "tmcd":
            _timecode(facts, source, track, where, at)
        elif track.handler in _TEXTS:
            _texts(facts, source, track, where, size)
        else:
            facts.add("GPS", f"data track '{coding}'", f"{size}: {_TELEMETRY}", where, at)
            if "gpmd" in track.codings:
                for start, length in _extents(source, track)[:3]:
                    read_gpmf(facts, source.part(start, length, f"track {track.number}"))


def _extents(source: Source, track: Track) -> list[tuple[int, int]]:
    pairs = zip(track.offsets[:_MAX_LOOKED].tolist(), track.sizes[:_MAX_LOOKED].tolist(), strict=False)
    return [(start, length) for start, length in pairs if start + length <= len(source.data)]


def _hidden(facts: Facts, movie: Movie, track: Track, where: str, at: int) -> None:
    """Add how many frames an edit list keeps from being seen; they are in the file all the same."""
    if track.handler not in ("vide", "soun") or not track.edits or not len(track.times) or not track.scale:
        return
    shown = [edit for edit in track.edits if edit.start >= 0 and edit.duration]
    if not shown:
        return
    seen = 0
    for edit in shown:
        end = edit.start + edit.duration * track.scale / max(movie.scale, 1)
        step = max(track.length // max(len(track.times), 1), 1)
        seen += int(((track.times + step > edit.start) & (track.times < end)).sum())
    hidden = len(track.times) - min(seen, len(track.times))
    if hidden and (track.handler == "vide" or hidden > 2):
        what = "frames" if track.handler == "vide" else "stretches of sound"
        facts.add("second picture", f"{what} hidden by an edit list", f"{hidden} of {len(track.times)}", where, at)


def _texts(facts: Facts, source: Source, track: Track, where: str, size: str) -> None:
    said = [(start, decode(source.data[start + 2 : start + length])) for start, length in _extents(source, track)]
    first = next(((start, text) for start, text in said if text), (track.offset, ""))
    chapters = "subtitles or chapters"
    facts.add("comment", chapters, f"{size}: {first[1]}" if first[1] else size, where, source.at(first[0]))
    add_places_in(facts, [text for _, text in said], where, source.at(first[0]))


_COORDINATES = re.compile(
    r"GPS|lat(itude)?\W|[NS]\s*\d{1,2}\.\d{3,}|-?\d{1,3}\.\d{4,}\s*,\s*-?\d{1,3}\.\d{4,}", re.IGNORECASE
)


def add_places_in(facts: Facts, texts: list[str], where: str, at: int | None) -> None:
    """Add the first of some texts that speaks of a position, as drones write them into subtitles."""
    places = [text for text in texts if _COORDINATES.search(text)]
    if places:
        facts.add("GPS", "position in subtitles", f"{places[0]} ({len(places)} such lines)", where, at)


def _timecode(facts: Facts, source: Source, track: Track, where: str, at: int) -> None:
    extents = _extents(source, track)
    frames = number(source.data, extents[0][0], 4) if extents else 0
    facts.add("date", "timecode track", f"starts at frame {frames} of the day or of the tape", where, at)


def _messages(facts: Facts, source: Source, track: Track, where: str) -> None:
    """Add what stands in messages inside the coded pictures."""
    if not track.codings or track.codings[0] not in (*PICTURES, "avc3", "hev1"):
        return
    found = 0
    kinds: set[str] = set()
    for start, length in _extents(source, track):
        for offset, size in message_runs(track.codings[0], source.data, start, start + length):
            found += 1
            for kind, text in sei_texts(source.data[offset + 4 : offset + size], track.codings[0]):
                if kind not in kinds and len(kinds) < _MAX_MESSAGES:
                    kinds.add(kind)
                    facts.add("device", f"message inside the pictures: {kind}", text, where, source.at(offset))
    if found and not kinds:
        facts.add("other", "messages inside the pictures", f"{found} of no kind that names anything", where, None)


def sei_texts(unit: bytes, coding: str) -> list[tuple[str, str]]:
    """Return who made the free messages of one SEI unit, and what they say (Rec. ITU-T H.264, section 7.3.2.3)."""
    body = unit[1 if coding.startswith("avc") else 2 :].replace(b"\0\0\3", b"\0\0")
    found, position = [], 0
    while position + 2 < len(body):
        values = []
        for _ in range(2):
            value = 0
            while position < len(body) and body[position] == 255:
                value, position = value + 255, position + 1
            value, position = value + (body[position] if position < len(body) else 0), position + 1
            values.append(value)
        kind, size = values
        if kind == _MESSAGE and size >= 16:
            found.append(unregistered(body[position : position + size]))
        position += size
    return found


def unregistered(payload: bytes) -> tuple[str, str]:
    """Return who made a free message, and what it says."""
    maker, rest = payload[:16].hex(), payload[16:]
    printable = sum(32 <= byte < 127 for byte in rest) > 0.8 * len(rest)
    return _MADE_BY.get(maker, f"of {maker}"), decode(rest) if printable else f"{len(rest)} bytes: {rest[:64].hex()}"
