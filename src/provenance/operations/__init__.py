"""Operations on a whole ledger: migrate, downgrade, rebuild, verify, back up, and its status."""
