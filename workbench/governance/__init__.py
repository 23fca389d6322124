"""Why a case exists, what follows from that, who may do what, and the log of who did it.

`record` is what a case says, `case_file` how it stands in ``case.toml``, `effects` what follows for the
redaction, `roles` who may do what, `ledger` the chain of acts, and `casework` joins them for one folder.
What people are asked and told is data (``data/*.toml``, read by `guidance`); none of it is legal advice.
"""
