"""The records and what they hold: frozen values without database, I/O or clock."""
