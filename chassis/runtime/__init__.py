"""Two ways to run the same service: on a broker, and in one process for tests."""
