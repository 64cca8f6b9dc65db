"""The letter channel's pure core."""
