"""What a trained network keeps of its data, and the samples it is evaluated on."""
