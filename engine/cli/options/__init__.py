"""Options of the commands, by what they are about; each function adds one command, or a few, to the parser."""
