"""What is said to people on a terminal."""
