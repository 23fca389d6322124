"""The screening: plain questions in, triggers met and what they ask for out. A pure function over the record."""

from dataclasses import dataclass

from workbench.governance import guidance
from workbench.governance.guidance import Dpia, Question
from workbench.governance.record import Record


@dataclass(frozen=True)
class Met:
    """A trigger that is met."""

    question: Question
    unsure: bool
    """the answer was "unsure", which counts as yes"""


@dataclass(frozen=True)
class Screened:
    """What the answers mean."""

    met: tuple[Met, ...]
    unanswered: tuple[Question, ...]
    dpia: Dpia
    """whether an impact assessment is required, likely to be, or neither"""
    why: tuple[str, ...]
    """a sentence for each reason"""

    @property
    def sentence(self) -> str:
        """What follows, in one sentence."""
        lead = {
            "required": "An impact assessment (DPIA, Article 35) is required",
            "likely": "An impact assessment (DPIA, Article 35) is advisable: when in doubt, do one",
            "": "No answer speaks for an impact assessment (DPIA, Article 35)",
        }[self.dpia]
        open_ = f"; {len(self.unanswered)} questions are not answered yet" if self.unanswered else ""
        return f"{lead}{open_}."


def screen(record: Record) -> Screened:
    """Return which triggers the record meets and what follows from them."""
    questions = guidance.questions()
    answers = {name: record.screening.get(name, "") for name in questions}
    # What is asked for elsewhere in the record counts here as well.
    met = {name for name, answer in answers.items() if answer in ("yes", "unsure")}
    why = []
    required = False
    for name in met_in_order(met):
        question = questions[name]
        together = [other for other in question.with_ if other in met]
        if question.dpia == "required":
            required = True
            why.append(f"{_upper(question.trigger)}: the law names it.")
        elif together:
            required = True
            others = " and ".join(questions[other].trigger for other in together)
            why.append(f"{_upper(question.trigger)}, together with {others}: the law names it.")
    likely = [name for name in met_in_order(met) if questions[name].dpia]
    if len(likely) >= 2:
        required = True
        why.append(f"{_upper(guidance.screening().two_criteria)}: in most cases that means yes.")
    elif likely and not required:
        why.append(f"{_upper(questions[likely[0]].trigger)}: one criterion of WP 248 is met.")
    return Screened(
        met=tuple(Met(questions[name], answers[name] == "unsure") for name in met_in_order(met)),
        unanswered=tuple(questions[name] for name, answer in answers.items() if not answer),
        dpia="required" if required else "likely" if likely else "",
        why=tuple(why),
    )


def met_in_order(met: set[str]) -> list[str]:
    """Return the names in the order of the questions."""
    return [name for name in guidance.questions() if name in met]


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
