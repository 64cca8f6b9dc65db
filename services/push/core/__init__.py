"""The push channel's pure core."""
