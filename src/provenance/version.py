"""Which release of the library this is."""

__version__ = "0.2.0.dev0"
