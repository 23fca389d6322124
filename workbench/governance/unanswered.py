"""What a release needs the record to say, and it does not say yet. A pure function."""

from workbench.governance import guidance
from workbench.governance.record import Record


def unanswered(record: Record) -> list[str]:
    """Return the fields that a release needs and that are empty, as their paths in ``case.toml``."""
    empty = [] if record.basis.lawful_basis else ["basis.lawful_basis"]
    if record.basis.lawful_basis:
        prompts = guidance.bases()[record.basis.lawful_basis].prompts
        empty += [
            f"basis.answers.{prompt.id}" for prompt in prompts if not record.basis.answers.get(prompt.id, "").strip()
        ]
    for name in ("recital_26", "transparency", "supplier"):
        empty += [f"{name}.{key}" for key, value in getattr(record, name).items() if not value.strip()]
    return empty + ([] if record.dpia.needed else ["dpia.needed"])
