from workbench import figures
from workbench.profiles import load
from workbench.values import Detections, Kind, Outcome, State


def test_nothing_found_gives_an_empty_histogram():
    assert len(figures.score_histogram([Detections.empty()], load("publication")).data) == 0


def test_the_histogram_shows_each_kind_and_its_threshold():
    found = [
        Detections.of(Kind.FACE, [[0, 0, 9, 9]] * 2, [0.1, 0.9], "t"),
        Detections.of(Kind.TEXT, [[0, 0, 9, 9]], [0.5], "t"),
    ]
    figure = figures.score_histogram(found, load("publication"))
    assert {trace.name: len(trace.x) for trace in figure.data} == {"face": 2, "text": 1}
    assert sorted(line.x0 for line in figure.layout.shapes) == [0.2, 0.3]


def test_bars_count_every_region_of_a_run():
    outcomes = [Outcome("a", State.DONE, {"face": 2}, 0.1), Outcome("b", State.DONE, {"face": 1, "plate": 4}, 0.3)]
    figure = figures.hidden_by_kind(outcomes)
    assert dict(zip(figure.data[0].x, figure.data[0].y, strict=True)) == {"face": 3, "plate": 4}
    assert "2 pictures, 20.0%" in figure.layout.title.text
