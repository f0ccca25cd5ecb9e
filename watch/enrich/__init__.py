"""From what a source says to items, and from items to the stories that they tell."""
