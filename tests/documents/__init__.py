"""What README.md and the documentation pages show as code: it runs."""
