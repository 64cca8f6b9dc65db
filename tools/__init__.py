"""What developers run: generators and checks."""
