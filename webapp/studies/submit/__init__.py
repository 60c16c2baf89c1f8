"""The way from a form or a JSON body to a stored study."""
