"""Files that are whole or not there, and the simple forms that more than one room reads or writes."""
