"""What does not come from the web: letters in a mailbox, files from an officer's disk."""
