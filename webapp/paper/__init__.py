"""The paper kit and the printable report of a study."""
