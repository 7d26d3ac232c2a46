"""The log: entries, commits, and what lies beside them; the only code that writes or reads these tables."""
