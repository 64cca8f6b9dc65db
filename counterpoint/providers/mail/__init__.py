"""E-mail outside of us: SendGrid, a mail server, and the people behind the addresses."""
