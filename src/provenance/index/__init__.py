"""The index: ordinary tables derived from the log, from which all questions are answered."""
