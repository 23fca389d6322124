"""The gate between a run and its release: what is known, what each check says, who signed, and how it leaves."""
