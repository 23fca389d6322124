import string

from hypothesis import given as when
from hypothesis import settings
from hypothesis import strategies as st

from workbench.catalog.names import Name, kept, key, neutral
from workbench.values import Asset

parts = st.text(string.ascii_lowercase[:3] + "AÅé.", min_size=1, max_size=3).filter(lambda part: set(part) != {"."})
paths = st.lists(parts, min_size=1, max_size=3).map(lambda steps: "/".join(steps) + ".jpg")
assets = st.lists(st.builds(Asset, paths, st.sampled_from(["/one", "/two"])), max_size=12, unique_by=key)
formats = st.sampled_from(["JPEG", "PNG", "GIF", ""])


def test_nothing_gets_no_name():
    assert neutral([], {}, ()) == {}
    assert kept([], {}, (), {}) == {}


@settings(max_examples=60, deadline=None)
@when(assets, assets, st.booleans())
def test_neutral_names_are_unique_stay_and_tell_nothing(first, second, several):
    tops = ("/one", "/two") if several else ()
    before = neutral(first, {}, ())
    after = {**before, **neutral(second, before, tops)}
    assert {owner: after[owner] for owner in before} == before
    stems = [name.stem for name in after.values()]
    assert len({stem.rpartition("/")[2] for stem in stems}) == len(stems)  # each number once in the whole output
    for asset in first:
        assert before[key(asset)].stem.count("/") == asset.path.count("/")
    words = {part for stem in stems for part in stem.split("/")}
    assert all(part.removeprefix("folder-").isdigit() for part in words)


@settings(max_examples=60, deadline=None)
@when(assets, assets, st.data())
def test_kept_names_never_make_two_outputs_one_file(first, second, data):
    names = {}
    for given in (first, [*first, *second]):
        batch = list({key(asset): asset for asset in given}.values())
        found = {key(asset): data.draw(formats) for asset in batch}
        names.update(kept(batch, names, (), found))
        current = [(names[key(asset)], names[key(asset)].format) for asset in batch]
        written = {}
        for name, format_ in current:
            written.setdefault(name.stem.casefold(), []).append(format_)
        for outputs in written.values():
            assert len(outputs) == len(set(outputs))
            assert len(outputs) == 1 or "" not in outputs


def test_the_same_request_gives_the_same_names():
    photos = [Asset("b/x.jpg", "/s"), Asset("b/X.jpg", "/s"), Asset("a.jpg", "/s")]
    found = {key(photo): "JPEG" for photo in photos}
    names = kept(photos, {}, (), found)
    assert [names[key(photo)].stem for photo in photos] == ["b/x", "b/X-2", "a"]
    assert kept(photos, names, (), found) == {}


def test_a_number_is_never_given_twice():
    gone = {("/s", "old/gone.jpg"): Name("folder-01/000007", "")}
    names = neutral([Asset("new/a.jpg", "/s")], gone, ())
    assert names["/s", "new/a.jpg"].stem == "folder-02/000008"


def test_sources_of_the_same_name_get_folders_of_their_own():
    photos = [Asset("a.jpg", "/x/photos"), Asset("a.jpg", "/y/Photos")]
    names = kept(photos, {}, ("/x/photos", "/y/Photos"), {key(photo): "JPEG" for photo in photos})
    assert [name.stem for name in names.values()] == ["photos/a", "Photos-2/a"]
