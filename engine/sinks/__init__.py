"""A study's events on their way to TensorBoard, MLflow, W&B or Trackio, each loaded only where it is asked for."""
