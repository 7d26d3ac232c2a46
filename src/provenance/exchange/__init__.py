"""Exchange: the whole log out of one ledger and into another."""
