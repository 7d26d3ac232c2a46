"""Which claims stand on the lists of the questions, materialized while recording."""
