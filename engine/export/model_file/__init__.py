"""Writes model.py of a package: its network as one readable file that needs torch and safetensors alone."""
