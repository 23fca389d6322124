"""The questions of the case screen, tab by tab, with the answers that a record gives. Pure functions, no widget."""

from collections.abc import Iterable

from workbench.apps.case_desk import value_text
from workbench.governance import guidance
from workbench.governance.effects import WORDS
from workbench.governance.guidance import Prompt
from workbench.governance.record import Record
from workbench.widgets.form import Field, FieldKind, Section

NOT_YET = "not answered yet"
ANSWERS = (("yes", "Yes"), ("no", "No"), ("unsure", "Unsure"), ("", NOT_YET))
YES_NO = (("yes", "Yes"), ("no", "No"), ("", NOT_YET))
PURPOSES = {
    "publication": "Publication: anyone may see the pictures",
    "ai-training": "AI training: a model learns from the pictures",
    "analytics": "Internal analytics: people inside see what happens, not who it is",
}


def why(record: Record) -> tuple[Section, ...]:
    """Return what the case is for, where the pictures come from, and why that is lawful."""
    field = _Maker(record)
    return (
        Section(
            "The case",
            (
                field("title", "Short name"),
                field("description", "What is to be done with the pictures?", "text"),
                field(
                    "purpose", "What is the result for?", "choice", options=tuple(PURPOSES.items()), wide=True,
                    help="The purpose decides how strongly is redacted, what is checked, and how long things are kept.",
                ),
                field(
                    "jurisdiction", "Whose law applies?", "choice",
                    options=tuple(guidance.jurisdictions().names.items()), wide=True,
                ),
            ),
        ),
        Section(
            "Where the pictures come from",
            (
                field("origin.taken_for", "What were the pictures taken for, by whom, with what?", "text"),
                field(
                    "origin.repurposed", "Is this purpose another one than they were taken for?", "choice",
                    options=ANSWERS,
                ),
                field(
                    "origin.note", "If so: why is the new purpose compatible with the old one?", "text",
                    help="Article 6(4) GDPR: the link between the purposes, the context, the consequences, safeguards.",
                ),
            ),
        ),
        _basis(record, field),
    )  # fmt: skip


def risks(record: Record) -> tuple[Section, ...]:
    """Return the screening's questions."""
    field = _Maker(record)
    fields = tuple(
        field(f"screening.{question.id}", question.ask, "choice", options=ANSWERS)
        for question in guidance.questions().values()
    )
    about = "Plain questions. “Unsure” counts as yes: what is doubtful is treated with care."
    return (Section("Screening", fields, about=about),)


def rights(record: Record) -> tuple[Section, ...]:
    """Return the image-rights exceptions and the sheets of notes."""
    field, known = _Maker(record), guidance.image_rights()
    warning = f"{known.warning} {known.for_training}" if record.purpose == "ai-training" else known.warning
    exceptions = [field(f"image_rights.{each.id}", each.ask, "choice", options=ANSWERS) for each in known.exception]
    exceptions.append(field("image_rights.note", "For whom, and what shows it?", "text"))
    sheets = (_sheet(name, field) for name in ("transparency", "notes", "supplier", "ai_act"))
    return (Section("Image rights: three exceptions", tuple(exceptions), warning=warning), *sheets)


def assessment(record: Record) -> tuple[Section, ...]:
    """Return the decision about an impact assessment, and the test of Recital 26."""
    field = _Maker(record)
    people = tuple((str(each.number), f"Person {each.number}: {each.login}") for each in record.people)
    # The number stays a choice while whoever it was is no longer there.
    gone = record.dpia.by and str(record.dpia.by) not in dict(people)
    known = (*people, (str(record.dpia.by), f"Person {record.dpia.by}")) if gone else people
    decision = (
        field("dpia.needed", "Is an impact assessment (DPIA) needed?", "choice", options=YES_NO),
        field("dpia.reason", "Why?", "text"),
        field("dpia.done", "Is it done?", "choice", options=YES_NO),
        field(
            "dpia.by", "Who decided?", "list", options=(("", "nobody yet"), *known),
            help="" if people else "Name people first, in the tab “People and roles”.",
        ),
        field("dpia.decided", "When?", "date"),
        field("dpia.document", "Where is the assessment kept?"),
    )  # fmt: skip
    about = "A data protection impact assessment weighs the risks to the people shown before anything is done."
    return Section("Impact assessment", decision, about=about), _sheet("recital_26", field)


def limits(record: Record) -> tuple[Section, ...]:
    """Return what the record may ask for otherwise than the purpose has it."""
    field, rules = _Maker(record), guidance.purposes()[record.purpose]
    own = "Empty: the {} of this purpose."
    side = f"{rules.max_side} pixels" if rules.max_side else "source's own size"
    return (
        Section(
            "How long things are kept",
            (
                field(
                    "retention.originals_days", "Days for the originals, after the end of the run", "number",
                    help=own.format(f"{rules.originals_days} days"),
                ),
                field(
                    "retention.work_days", "Days for the catalog and the work files of this case", "number",
                    help=own.format(f"{rules.work_days} days"),
                ),
                field(
                    "retention.releases_days", "Days after which a release is looked at again", "number",
                    help=own.format(f"{rules.releases_days} days"),
                ),
                field("retention.reason", "Why longer than the purpose's own, if so", "text"),
                field(
                    "retention.hold", "Why nothing may be deleted for now, such as a court's order", "text",
                    help="Empty: nothing holds it back.",
                ),
                field(
                    "retention.afterwards", "What becomes of the originals then?", "choice",
                    options=(("delete", "They are deleted"), ("seal", "They are sealed for the custodian")),
                ),
            ),
            about=f"Starting points for {WORDS[record.purpose]}: {rules.why_days}.",
        ),
        Section(
            "What is written",
            (
                field(
                    "output.max_side", "Longest side of a result, in pixels", "number",
                    help=f"{own.format(side)} 0: no limit.",
                ),
                field("output.reason", "Why larger than the purpose's own, if so", "text"),
                field(
                    "link.table", "A link table, which leads from a result back to its original", "choice",
                    options=(("none", "None"), ("sealed", "Sealed, for the custodian alone")),
                    help=_sentence(rules.why_link_table),
                ),
                field("link.reason", "What is it needed for?", "text"),
            ),
        ),
        Section(
            "The custodian's keys",
            (
                field("custodian.key", "Public key", help="age1 and 58 more letters and digits. It is no secret."),
                field("custodian.second_key", "Second public key", help="Opens all of it too; kept elsewhere."),
            ),
            about="What is sealed opens with the private part alone. The page “Seal and delete” makes a pair.",
        ),
    )  # fmt: skip


def label_of(path: str) -> str:
    """Return the question of a field, by its path in ``case.toml``."""
    record = Record.new("-", "publication")
    if path.startswith("basis.answers."):
        name = path.removeprefix("basis.answers.")
        return next(
            (each.ask for basis in guidance.bases().values() for each in basis.prompts if each.id == name), path
        )
    sections = (*why(record), *risks(record), *rights(record), *assessment(record), *limits(record))
    return next((each.label for part in sections for each in part.fields if each.name == path), path)


def _basis(record: Record, field: "_Maker") -> Section:
    chosen = guidance.bases().get(record.basis.lawful_basis)
    options = [(name, f"{basis.name} ({basis.article})") for name, basis in guidance.bases().items()]
    fields = [
        field(
            "basis.lawful_basis", "On which basis is this lawful?", "list", options=(("", NOT_YET), *options),
            help=chosen.when if chosen else "When in doubt, anonymise: choose the first, and say so.",
        )
    ]  # fmt: skip
    if chosen:
        fields += _prompts("basis.answers", chosen.prompts, field)
    return Section("Lawful basis", tuple(fields))


def _sheet(name: str, field: "_Maker") -> Section:
    sheet = guidance.sheets()[name]
    return Section(sheet.name, tuple(_prompts(name, sheet.prompts, field)))


def _prompts(table: str, prompts: Iterable[Prompt], field: "_Maker") -> list[Field]:
    return [field(f"{table}.{prompt.id}", prompt.ask, "text") for prompt in prompts]


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


class _Maker:
    """Makes fields with the answers of one record."""

    def __init__(self, record: Record) -> None:
        self._record = record

    def __call__(
        self, path: str, label: str, kind: FieldKind = "line", help: str = "",
        options: tuple[tuple[str, str], ...] = (), wide: bool = False,
    ) -> Field:  # fmt: skip
        return Field(path, label, kind, value_text(self._record, path), help, options, wide)
