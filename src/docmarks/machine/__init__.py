"""What the machine has: cores, and memory that is kept."""
