"""The reservation protocol as a model: what may happen, and the count that must come out whatever does."""
