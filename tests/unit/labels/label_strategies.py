"""Label sets made by Hypothesis: names, texts and numbers as tools, people and mischief make them."""

from hypothesis import strategies as st

from workbench.labels.values import Label, LabelSet, Picture, frame_name

# Characters that XML can hold; the others are tried by hand.
texts = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co")), min_size=1, max_size=12)
kinds = st.lists(st.sampled_from(["face", "Number Plate", "person", "tête", "<&\"'>"]), min_size=1, unique=True)
words = st.text("abcdefghijklmnopqrstuvwxyz éß", min_size=1, max_size=8).map(lambda text: f"x {text}")
scalars = st.one_of(
    texts, st.booleans(), st.integers(-(10**9), 10**9), st.floats(allow_nan=False, allow_infinity=False, width=32)
)
paths = st.lists(st.text("abcXYZ019 -_.é%&#'", min_size=1, max_size=8).map(lambda t: f"p{t}q"), min_size=1, max_size=3)


def rows(kind_names: list[str], width: int, height: int, *, attributes: bool = True, tracked: bool = False):
    across, down = st.integers(0, width * 100), st.integers(0, height * 100)
    corners = st.tuples(across, down, across, down).filter(lambda c: c[0] != c[2] and c[1] != c[3])
    boxes = corners.map(
        lambda c: (min(c[0], c[2]) / 100, min(c[1], c[3]) / 100, max(c[0], c[2]) / 100, max(c[1], c[3]) / 100)
    )
    if not attributes:
        return st.builds(Label, boxes, st.sampled_from(kind_names))
    return st.builds(
        Label,
        boxes,
        st.sampled_from(kind_names),
        score=st.none() | st.floats(0, 1, allow_nan=False),
        track=st.integers(-1, 3) if tracked else st.integers(-1, 50),
        occluded=st.booleans(),
        ignored=st.booleans(),
        source=st.sampled_from(["", "person", "centerface", "auto", "interpolated"]),
        # One sort of value for one name, as CVAT wants it.
        attributes=st.fixed_dictionaries(
            {},
            optional={"a text": texts, "a flag": st.booleans(), "whole": st.integers(-9, 9), "part": st.floats(-9, 9)},
        ),
    )


@st.composite
def photos(draw, *, attributes: bool = True, of_pictures: bool = True):
    names = ["/".join(parts) for parts in draw(st.lists(paths, max_size=4))]
    # Unlike in all but their suffix, and none a folder of another.
    names = [f"{name}/{at}.jpg" for at, name in enumerate(names)]
    kind_names = draw(kinds)
    pictures = []
    for name in names:
        width, height = draw(st.integers(1, 9000)), draw(st.integers(1, 9000))
        labels = draw(st.lists(rows(kind_names, width, height, attributes=attributes), max_size=4))
        further = draw(st.dictionaries(words, scalars, max_size=2)) if of_pictures else {}
        pictures.append(Picture(name, width, height, tuple(labels), further))
    return LabelSet(tuple(pictures), tuple(kind_names))


@st.composite
def videos(draw):
    kind_names = draw(kinds)
    width, height = draw(st.integers(1, 4000)), draw(st.integers(1, 4000))
    frames = draw(st.lists(st.lists(rows(kind_names, width, height, tracked=True), max_size=3), min_size=1, max_size=6))
    pictures = [Picture(frame_name("b/clip.mp4", at), width, height, tuple(part)) for at, part in enumerate(frames)]
    return LabelSet(tuple(pictures), tuple(kind_names))
