"""Trained networks in other formats: NIR, ONNX, pt2 and SpikingJelly, each with a proof that it computes the same."""
