"""A review in plain words: its plan, what was found so far, what is to be done. All text is escaped here."""

from collections.abc import Mapping, Sequence
from html import escape

from workbench.apps.review_desk import Desk
from workbench.assess import binomial
from workbench.catalog.review_values import Answer, ReviewItem
from workbench.review import Figures, Review
from workbench.review.playbooks import DEFAULTS, Card, as_blocks
from workbench.values import Action
from workbench.widgets.cards import CardView
from workbench.widgets.queue import QueueItem, Standing

STRATA = {
    "folder": "folder",
    "media": "kind of file",
    "scenario": "scenario",
    "camera": "sort of camera",
    "sensitivity": "sensitivity",
}
MADE = {
    Action.ADD: "drawn as",
    Action.DROP: "called a false alarm",
    Action.ACCEPT: "said to be hidden",
    Action.KIND: "said to be",
    Action.EXTEND: "hidden for longer or for certain",
    Action.SPLIT: "split",
    Action.MERGE: "joined",
    Action.MUTE: "silenced",
}
ROWS = 12
"""strata that are shown; the report has them all"""


def plan_words(review: Review) -> str:
    """Return how much is looked at, why, and what that will prove, as HTML."""
    record, plan = review.record, review.plan
    strata = sorted(record.strata.items(), key=lambda pair: (-pair[1], pair[0]))
    rows = "".join(f"<tr><td>{escape(name)}</td><td>{total:,}</td></tr>" for name, total in strata[:ROWS])
    more = f"<tr><td>{len(strata) - ROWS} more</td><td></td></tr>" if len(strata) > ROWS else ""
    twice = f" Two people get {plan.twice:.0%} of the random ones, without knowing of each other." if plan.twice else ""
    risky = f" Before them come up to {plan.riskiest} in which something looks missed." if plan.riskiest else ""
    return (
        f"<p class='wbp-profile'><b>{escape(plan.name)}</b>: {escape(plan.description)} "
        f"{escape(plan.rule(record.total).words())}{risky} Every group gives at least {plan.per_stratum} random ones."
        f"{twice}</p>"
        f"<p class='wbp-hint'>The order was drawn from {record.total:,} files with the seed "
        f"<code>{escape(record.seed)}</code>: with the same files anybody draws the same again.</p>"
        f"<table class='wbp-table'><tr><th>Group</th><th>Files</th></tr>{rows}{more}</table>"
    )


def figures_words(figures: Figures) -> str:
    """Return what the review has shown so far and how much more is needed, as HTML: a line, and the details."""
    state = "wbp-good" if figures.proved else ""
    risky = (
        f" Of {figures.risky:,} looked at for their risk, {figures.risky_misses:,} had something missed."
        if figures.risky
        else ""
    )
    return (
        f"<div class='wbp-notice {state}' role='status'><b>{escape(figures.advice)}</b> "
        f"{escape(figures.sentence)}{risky}</div>"
    )


def details_words(figures: Figures) -> str:
    """Return agreement, time, corrections and the strata, as HTML."""
    pace, lines = figures.pace, []
    if figures.agreement.items:
        lines.append(figures.agreement.words())
    if pace.items:
        lines.append(f"{pace.median:.0f} seconds for an item (median); nine of ten within {pace.slow:.0f}.")
    if figures.corrections:
        made = ", ".join(f"{number:,} {_made_words(name)}" for name, number in figures.corrections.items())
        lines.append(f"Corrections in what was looked at: {made}.")
    if len(figures.reviewers) > 1:
        who = ", ".join(f"{name or 'nobody signed in'} {number:,}" for name, number in figures.reviewers.items())
        lines.append(f"Items by reviewer: {who}.")
    rows = "".join(
        f"<tr><td>{escape(row.name)}</td><td>{row.reviewed:,} of {row.total:,}</td><td>{row.misses:,}</td>"
        f"<td>{binomial.share(row.interval.low)} to {binomial.share_up(row.interval.high)}</td></tr>"
        for row in figures.strata[:ROWS]
    )
    table = (
        "<table class='wbp-table'><tr><th>Group</th><th>Random, looked at</th><th>With a miss</th>"
        f"<th>Share, {figures.confidence:.0%} sure</th></tr>{rows}</table>"
    )
    return "".join(f"<p class='wbp-profile'>{escape(line)}</p>" for line in lines) + table


def _made_words(name: str) -> str:
    """Return what corrections did: from "add face" to "drawn as face"."""
    action, _, kind = name.partition(" ")
    return f"{MADE.get(Action(action), action)} {kind}".strip()


def queue_items(desk: Desk, items: Sequence[ReviewItem], answers: Sequence[Answer], claims: Mapping[str, int]) -> list[
    QueueItem
]:  # fmt: skip
    """Return the queue as this reviewer sees it; what others said stays theirs."""
    mine = {answer.item: answer for answer in answers if answer.reviewer == desk.reviewer}
    others: dict[int, int] = {}
    for answer in answers:
        others[answer.item] = others.get(answer.item, 0) + (answer.reviewer != desk.reviewer)
    busy = {item for name, item in claims.items() if name != desk.reviewer}

    def standing(item: ReviewItem) -> Standing:
        if item.id in mine:
            return str(mine[item.id].verdict)  # type: ignore[return-value]
        if others.get(item.id, 0) >= item.wanted:
            return "answered"
        return "elsewhere" if item.id in busy and item.wanted < 2 else "open"

    return [QueueItem(item.asset.path, desk.why(item), standing(item), item.wanted > 1) for item in items]


def card_view(card: Card) -> CardView:
    """Return a playbook card as it is shown."""
    return CardView(
        name=card.name,
        title=card.text.title,
        look_for=as_blocks(card.text.look_for),
        do=as_blocks(card.text.do),
        default=DEFAULTS[card.text.default],
        key=card.text.key,
        picture=card.picture,
        picture_type=card.picture_type,
        own=card.own,
    )


def outdated_words(number: int) -> str:
    """Return what a new run would do."""
    if not number:
        return "Every correction is in the output already."
    one, more = (
        "1 file was corrected after it was redacted",
        f"{number:,} files were corrected after they were redacted",
    )
    return f"{one if number == 1 else more}. Only what was corrected is redacted again; nothing is searched anew."
