"""What people saw: their phones, inboxes, voicemail and letterboxes as pages for a person's eyes."""
