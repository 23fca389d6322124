"""What a person changed in another tool becomes corrections that do just that when they are applied."""

import numpy as np
import pytest

from workbench import corrections
from workbench.labels.compare import from_tracks, to_corrections
from workbench.labels.found import as_labels
from workbench.labels.values import Label, LabelSet, Picture, frame_name
from workbench.tracks import numbered
from workbench.values import Action, Detections, Kind

FOUND = numbered(
    [Detections.of(Kind.FACE, [[10, 10, 30, 30], [50, 10, 70, 30], [10, 50, 12, 52]], [0.9, 0.4, 0.6], "x")]
)


def changed(*labels: Label):
    found = to_corrections(LabelSet((Picture("a.jpg", 100, 100, labels),)), lambda _: FOUND, "me")
    return list(found[0].corrections) if found else []


def back():
    return list(as_labels(FOUND, ["a.jpg"], 100, 100)[0].labels)


def after(made) -> list[tuple[str, list[int]]]:
    [rows] = corrections.apply(FOUND, made)
    return sorted(
        (str(kind), np.round(box).astype(int).tolist()) for kind, box in zip(rows.kinds, rows.boxes, strict=True)
    )


def test_what_came_back_as_it_went_is_no_correction_also_when_rounded():
    assert changed(*back()) == []
    assert changed(*[Label(tuple(side + 0.5 for side in label.box), "face") for label in reversed(back())]) == []


def test_added_deleted_moved_and_renamed():
    first, _, third = back()
    moved = Label((52, 14, 72, 34), "face")
    made = changed(moved, Label(third.box, "plate"), Label((80, 80, 90, 90), "text"))
    assert [c.action for c in made] == [Action.DROP, Action.DROP, Action.ADD, Action.KIND, Action.ACCEPT, Action.ADD]
    assert {c.by for c in made} == {"me"}
    assert after(made) == [
        ("face", [52, 14, 72, 34]),
        ("plate", [10, 50, 12, 52]),
        ("text", [80, 80, 90, 90]),
    ]
    assert first.box not in [tuple(box) for _, box in after(made)]
    assert len({c.track for c in made if c.action is Action.ADD}) == 2


def test_two_boxes_at_one_place_are_two_objects():
    double = [*back(), back()[0]]
    assert [c.action for c in changed(*double)] == [Action.ADD]


def test_a_picture_that_did_not_come_back_was_not_looked_at():
    assert to_corrections(LabelSet(), lambda _: FOUND) == []


def clip():
    """One object that walks through ten frames, and one that stands in frames 2 to 5."""
    parts = []
    for frame in range(10):
        boxes, tracks = [[frame * 5, 0, frame * 5 + 20, 20]], [3]
        if 2 <= frame <= 5:
            boxes.append([60, 60, 80, 80])
            tracks.append(4)
        rows = Detections.of(Kind.FACE, boxes, [0.8] * len(boxes), "x")
        parts.append(Detections(rows.boxes, rows.scores, rows.kinds, rows.origins, np.array(tracks, np.int32)))
    return parts


def frames(known):
    return as_labels(known, [frame_name("c.mp4", at) for at in range(len(known))], 100, 100)


def with_labels(pictures, change):
    return [
        Picture(p.name, p.width, p.height, tuple(filter(None, (change(p.frame, x) for x in p.labels))))
        for p in pictures
    ]


def shown(known, made):
    return [sorted(np.round(rows.boxes).astype(int).tolist()) for rows in corrections.apply(known, made)]


def test_a_clip_that_came_back_as_it_went_is_no_correction_whatever_its_numbers():
    from dataclasses import replace

    assert from_tracks(frames(clip()), clip()) == ()
    renumbered = with_labels(frames(clip()), lambda _, label: replace(label, track=label.track + 100))
    assert from_tracks(renumbered, clip()) == ()


def test_a_deleted_track_a_cut_one_and_an_added_one():
    from dataclasses import replace

    def change(frame, label):
        return None if label.track == 4 or frame > 6 else label

    pictures = with_labels(frames(clip()), change)
    added = [
        replace(p, labels=(*p.labels, Label((40, 40 + p.frame, 50, 50 + p.frame), "plate", track=9))) for p in pictures
    ]
    made = from_tracks(added, clip())
    assert [(c.action, c.first, c.last) for c in made] == [(Action.DROP, 7, 9), (Action.DROP, 2, 5), (Action.ADD, 0, 9)]
    assert len(made[2].boxes) == 2  # straight ahead: the two ends say it all
    expected = [sorted(np.round([label.box for label in p.labels]).astype(int).tolist()) for p in added]
    assert shown(clip(), made) == expected


def test_a_renamed_track_and_one_box_that_was_moved():
    from dataclasses import replace

    def change(frame, label):
        box = (60, 60, 90, 90) if label.track == 4 and frame == 3 else label.box
        return replace(label, box=box, kind="plate" if label.track == 3 else label.kind)

    pictures = with_labels(frames(clip()), change)
    made = from_tracks(pictures, clip())
    assert [(c.action, c.first, c.last) for c in made] == [
        (Action.KIND, 0, 9), (Action.ACCEPT, 0, 9), (Action.DROP, 3, 3), (Action.ADD, 3, 3),
    ]  # fmt: skip
    assert shown(clip(), made) == [sorted(np.round([x.box for x in p.labels]).astype(int).tolist()) for p in pictures]


def test_frames_that_did_not_come_back_were_not_looked_at():
    half = [picture for picture in frames(clip()) if picture.frame < 4]
    assert from_tracks(half, clip()) == ()


@pytest.mark.parametrize("seed", range(5))
def test_whatever_was_done_to_a_photo_is_what_is_hidden_afterwards(seed):
    random = np.random.default_rng(seed)
    labels = [label for label in back() if random.random() < 0.6]
    for _ in range(random.integers(0, 4)):
        x, y = random.integers(0, 80, 2)
        labels.append(Label((x, y, x + 15, y + 10), str(random.choice(["face", "plate", "text"]))))
    assert after(changed(*labels)) == sorted((x.kind, np.round(x.box).astype(int).tolist()) for x in labels)
