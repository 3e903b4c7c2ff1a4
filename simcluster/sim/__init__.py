"""How it unfolds: SimPy processes that write facts."""
