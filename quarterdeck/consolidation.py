"""Several companies' books as those of one."""
