"""Letters for a mail house of one's own: handed over in batches, and reported back."""
