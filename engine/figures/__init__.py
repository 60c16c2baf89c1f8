"""Paper kit: a study's figures, tables, captions and citations as SVG, LaTeX, CSV and text."""
