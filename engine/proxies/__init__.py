"""Zero-cost proxies: scores of an untrained network that are to predict its accuracy after training."""
