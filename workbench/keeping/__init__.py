"""Keeping and letting go: link tables and originals are sealed for the custodian, and what is due is deleted.

Every function takes the case's folder and opens the case itself: what is sealed or deleted may be its catalog.
"""

from workbench.governance.retention import Due
from workbench.keeping.certifying import certificates
from workbench.keeping.dates import clock_note, due, standing
from workbench.keeping.deleting import delete, delete_confirmed, finish
from workbench.keeping.links import seal_links
from workbench.keeping.opening import open_sealed
from workbench.keeping.originals import seal_originals
from workbench.keeping.planning import plan
from workbench.keeping.values import WHATS, WORDS, Certificate, Doomed, Opened, Plan, Sealed, Standing, Tick, What
from workbench.keeping.work import lock_work, unlock_work

__all__ = [
    "WHATS",
    "WORDS",
    "Certificate",
    "Doomed",
    "Due",
    "Opened",
    "Plan",
    "Sealed",
    "Standing",
    "Tick",
    "What",
    "certificates",
    "clock_note",
    "delete",
    "delete_confirmed",
    "due",
    "finish",
    "lock_work",
    "open_sealed",
    "plan",
    "seal_links",
    "seal_originals",
    "standing",
    "unlock_work",
]
