"""The letter channel: approved letters become printed pages, by Lob or by a mail house of one's own."""
