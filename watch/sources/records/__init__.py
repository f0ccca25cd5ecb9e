"""Services that answer programs: what to ask them, and what their answers say."""
