"""The intake: look at files, say what they are, find what is there twice, choose and store a subset."""

from workbench.catalog.said import FIELDS, Subset
from workbench.curate.choosing import PER, members_of, select, store, subset, subsets
from workbench.curate.filters import Filter, Term, parse
from workbench.curate.listing import files
from workbench.curate.looking import look
from workbench.curate.rules import RULES_FILE, Rule, add_rule, load_rules, parse_rules, read_rules, save_rules
from workbench.curate.saying import apply_rules, describe
from workbench.curate.twins import Group, duplicates
from workbench.curate.values import DEVICES, SENSITIVITIES, Counts, Described, counted

__all__ = [
    "DEVICES",
    "FIELDS",
    "PER",
    "RULES_FILE",
    "SENSITIVITIES",
    "Counts",
    "Described",
    "Filter",
    "Group",
    "Rule",
    "Subset",
    "Term",
    "add_rule",
    "apply_rules",
    "counted",
    "describe",
    "duplicates",
    "files",
    "load_rules",
    "look",
    "members_of",
    "parse",
    "parse_rules",
    "read_rules",
    "save_rules",
    "select",
    "store",
    "subset",
    "subsets",
]
