"""The right item to the right reader: what each follows, and what his next letter holds."""
