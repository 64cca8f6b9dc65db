"""The e-mail channel: sends what the gate approved, and hears what comes back."""
