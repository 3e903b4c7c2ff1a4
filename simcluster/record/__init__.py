"""What happened: typed facts, the accounts derived from them, the store."""
