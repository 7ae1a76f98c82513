"""Tables rendered: for the terminal, the page, LaTeX, and as CSV."""
