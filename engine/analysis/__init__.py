"""Analysis studies: architectures trained from scratch under one recipe and compared as distributions."""
