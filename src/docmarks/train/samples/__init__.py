"""What training sees: parts of pages, real and made, with marks added, taken off and seen by other scanners."""
