"""The words of every contact: read from templates/, checked, filled for one consumer."""
