"""What a data set holds, checked and shown before a study uses it."""
