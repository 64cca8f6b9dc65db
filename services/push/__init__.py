"""The push channel: notifications in the consumer's own browser, by Web Push, which show nothing of a debt."""
