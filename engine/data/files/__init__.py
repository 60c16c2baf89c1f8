"""Files of data sets: folders and archives under limits, arrays, pictures, downloads."""
