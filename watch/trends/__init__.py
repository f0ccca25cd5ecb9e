"""What grows, counted in events: ten copies of one press release are one."""
