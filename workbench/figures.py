"""Values as plotly figures, for notebooks. Plotly is imported on first use: it costs two seconds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from workbench.profiles import Profile
from workbench.values import Detections, Kind, Outcome

if TYPE_CHECKING:
    import plotly.graph_objects as go

COLOURS = {
    Kind.FACE: "#c2410c",
    Kind.PLATE: "#1d4ed8",
    Kind.PERSON: "#15803d",
    Kind.TEXT: "#7e22ce",
    Kind.SCREEN: "#0e7490",
    Kind.DOCUMENT: "#a16207",
    Kind.OTHER: "#475569",
}
"""one colour a kind, readable on white and on black"""


def score_histogram(found: Sequence[Detections], profile: Profile) -> go.Figure:
    """Return how many detections of each kind have which score, with the profile's thresholds as lines.

    What stands left of its line is left visible: a heap just left of it says that the threshold cuts
    through real objects.
    """
    import plotly.graph_objects as go

    figure = go.Figure()
    everything = Detections.concat(list(found))
    for kind in Kind:
        scores = everything.scores[everything.kinds == kind]
        if len(scores) == 0:
            continue
        figure.add_histogram(
            x=scores,
            name=str(kind),
            marker_color=COLOURS[kind],
            opacity=0.75,
            xbins={"start": 0, "end": 1, "size": 0.05},
        )
        if profile.kinds[kind].hide:
            figure.add_vline(
                x=profile.kinds[kind].min_score, line_color=COLOURS[kind], line_dash="dash", annotation_text=str(kind)
            )
    figure.update_layout(
        barmode="overlay",
        title="Scores of everything found; dashed: hidden from here on",
        xaxis_title="score",
        yaxis_title="detections",
        template="simple_white",
        legend_title="kind",
    )
    return figure


def hidden_by_kind(outcomes: Sequence[Outcome]) -> go.Figure:
    """Return how many regions of each kind a run hid, as bars."""
    import plotly.graph_objects as go

    totals = {kind: sum(outcome.counts.get(kind, 0) for outcome in outcomes) for kind in Kind}
    present = [kind for kind, total in totals.items() if total]
    covered = float(np.mean([outcome.covered for outcome in outcomes])) if outcomes else 0.0
    figure = go.Figure(
        go.Bar(
            x=[str(kind) for kind in present],
            y=[totals[kind] for kind in present],
            marker_color=[COLOURS[kind] for kind in present],
        )
    )
    figure.update_layout(
        title=f"Regions hidden in {len(outcomes)} pictures, {covered:.1%} of their pixels",
        yaxis_title="regions",
        template="simple_white",
    )
    return figure
