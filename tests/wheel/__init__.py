"""What is installed from the wheel, away from the checkout."""
