"""What a consumer's words ask for, on any channel: pure, by rules, in English and Spanish."""
