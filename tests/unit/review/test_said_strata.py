"""A review and a measurement divided by what the intake says about files."""

from review_cases import PLAN, Desk

from workbench import review as reviews
from workbench.catalog.said import Said
from workbench.catalog.truths import Truth
from workbench.review.measuring import measure
from workbench.values import Detections, Kind


def test_a_review_and_a_measurement_are_divided_by_scenario(tmp_path):
    desk = Desk(tmp_path).photos(count=4)
    catalog = desk.case.catalog
    catalog.say({asset.sha256: {"scenario": Said("street", "rule")} for asset in desk.assets[:3]})
    review = reviews.open_review(desk.case, plan=PLAN, seed="a", strata="scenario")
    assert review.record.strata == {"street": 3, "not said": 1}
    truth = Truth(100, 80, (Kind.FACE,), [Detections.of(Kind.FACE, [[10, 10, 30, 30]], [1], "person")])
    catalog.put_truths({asset.sha256: truth for asset in desk.assets})
    found = measure(desk.case, desk.run, "scenario")
    assert {row.name for row in found.by_slice} == {"street", "not said"}
    desk.case.close()
