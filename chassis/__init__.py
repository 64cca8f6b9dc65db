"""How any service runs; knows no rule and no channel by name."""
