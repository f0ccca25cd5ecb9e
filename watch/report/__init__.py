"""What readers get: a letter in the inbox, a Zoom-Marché on screen and on paper."""
