"""Search spaces: candidate blocks, macro architectures, architectures and their shapes."""
