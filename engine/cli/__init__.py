"""The headless commands: one file by subject, and what they need: journal, control file, lock of a folder."""
