"""What the headless command line needs beside parsing: journal, control file, lock of a folder."""
