"""Export of a trained network: package, NIR, measured energy, and the evaluation of a package."""
