"""The truth: entries and commits, and the only code that writes or reads them."""
