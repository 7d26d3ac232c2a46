"""Forms in which other programs read and write what a ledger holds."""
