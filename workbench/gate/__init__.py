"""The gate between a run and a release: what was checked, who signed, and the export that refuses without it."""
