"""Runs a service on Kafka by Faust; the only folder that imports Faust."""
