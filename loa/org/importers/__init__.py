"""Units from tables: read a file, compare it with what is there, write it as a whole."""
