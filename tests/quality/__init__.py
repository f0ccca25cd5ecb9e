"""Quality that is measured on reviewed data, with floors below which the build fails."""
