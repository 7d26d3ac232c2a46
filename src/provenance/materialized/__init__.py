"""What is materialized of the answers: which claims stand on which list, kept up to date while recording."""
